package io.boxwright.job.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputColumnsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id string",
        "category int",
        "expected array<struct<label: string>>",
        "expected array<struct<label: string, min_count: bigint, max_count: int, note: double>>",
        "expected array<struct<label: string, min_count: smallint, relative_to: double, color: int>>",
      })
  void columnsOfTheDocumentedTypesAreRead(String table) {
    assertThat(InputColumns.findProblem(StructType.fromDDL(table))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "category array<string> | category is array<string>, it must be a text",
        "expected string | expected is string, it must be an array of structs",
        "expected array<string> | expected is array<string>, it must be an array of structs",
        "expected array<struct<min_count: int>> | expected has no field label",
        "expected array<struct<label: string, min_count: string>> | expected.min_count is string, it must be a whole number",
        "expected array<struct<label: string, relation: array<int>>> | expected.relation is array<int>, it must be a text",
      })
  void otherTypesAreNamed(String table, String problem) {
    assertThat(InputColumns.findProblem(StructType.fromDDL(table))).contains(problem);
  }
}
