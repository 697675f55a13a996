package io.boxwright.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.boxwright.testing.Spark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Prompt tables as people's tools write them: see {@code job/src/test/python/prompt_tables.py}. */
class PromptFormsTest {

  private static final Path FORMS = Path.of("src/test/resources/prompt-tables");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = Spark.local();
    spark.conf().set("spark.sql.session.timeZone", "UTC");
  }

  @AfterAll
  static void stop() throws Exception {
    spark.close();
  }

  @TestFactory
  Stream<DynamicTest> eachFormIsReadOrRefused() throws IOException {
    return JSON.readTree(FORMS.resolve("forms.json").toFile()).properties().stream()
        .map(
            form ->
                DynamicTest.dynamicTest(
                    form.getKey(), () -> check(form.getKey(), form.getValue())));
  }

  private static void check(String form, JsonNode expected) {
    String path = FORMS.resolve(form).toString();
    if (expected.has("problem")) {
      assertThatThrownBy(() -> PromptTable.read(spark, path, Optional.empty()))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(expected.get("problem").asText())
          .hasMessageNotContaining("\n");
      return;
    }
    PromptTable table = PromptTable.read(spark, path, Optional.empty());

    JsonNode columns = expected.get("columns");
    Dataset<Row> rows = table.withPosition().orderBy(PromptTable.POSITION);
    assertThat(Stream.of(rows.columns()).filter(name -> !name.startsWith("_boxwright_")))
        .containsExactlyInAnyOrderElementsOf(names(columns));
    for (String name : names(columns)) {
      assertThat(values(rows, name)).as(name).isEqualTo(columns.get(name));
    }
    List<String> notes = new ArrayList<>();
    expected.get("notes").forEach(note -> notes.add(note.asText()));
    assertThat(table.notes()).isEqualTo(notes);
  }

  private static List<String> names(JsonNode columns) {
    return columns.properties().stream().map(column -> column.getKey()).toList();
  }

  /** A column as JSON. What JSON has no type for is text. */
  private static JsonNode values(Dataset<Row> rows, String name) {
    var type = rows.schema().apply(name).dataType();
    boolean text =
        type instanceof StructType
            || type instanceof MapType
            || type instanceof BinaryType
            || type instanceof TimestampType
            || type instanceof TimestampNTZType
            || List.of("date", "decimal").stream().anyMatch(type.catalogString()::startsWith);
    var column = functions.col("`" + name + "`");
    return rows
        .select((text ? column.cast("string") : column).as("value"))
        .toJSON()
        .collectAsList()
        .stream()
        .map(PromptFormsTest::value)
        .collect(JSON::createArrayNode, (array, value) -> array.add(value), (a, b) -> a.addAll(b));
  }

  private static JsonNode value(String row) {
    try {
      JsonNode value = JSON.readTree(row).path("value");
      return value.isMissingNode() ? JSON.nullNode() : value;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
