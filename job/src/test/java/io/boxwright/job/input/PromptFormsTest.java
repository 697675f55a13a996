package io.boxwright.job.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.boxwright.testing.SharedSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Prompt tables as people's tools write them: see {@code job/src/test/python/prompt_tables.py}. */
class PromptFormsTest extends SharedSpark {

  private static final Path FORMS = Path.of("src/test/resources/prompt-tables");
  private static final ObjectMapper JSON = new ObjectMapper();

  @BeforeAll
  static void setTimeZone() {
    spark.conf().set("spark.sql.session.timeZone", "UTC");
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
    List<JsonNode> values = values(rows, names(columns));
    for (String name : names(columns)) {
      List<JsonNode> column = values.stream().map(row -> orNull(row.path(name))).toList();
      assertThat(column).as(name).containsExactlyElementsOf(columns.get(name));
    }
    List<String> notes = new ArrayList<>();
    expected.get("notes").forEach(note -> notes.add(note.asText()));
    assertThat(table.notes()).isEqualTo(notes);
  }

  private static List<String> names(JsonNode columns) {
    return columns.properties().stream().map(column -> column.getKey()).toList();
  }

  /** Rows as JSON. What JSON has no type for is text. */
  private static List<JsonNode> values(Dataset<Row> rows, List<String> names) {
    Column[] columns =
        names.stream().map(name -> text(rows.schema().apply(name)).as(name)).toArray(Column[]::new);
    return rows.select(columns).toJSON().collectAsList().stream()
        .map(PromptFormsTest::json)
        .toList();
  }

  private static Column text(StructField field) {
    DataType type = field.dataType();
    boolean text =
        type instanceof StructType
            || type instanceof MapType
            || type instanceof BinaryType
            || type instanceof TimestampType
            || type instanceof TimestampNTZType
            || type instanceof DateType
            || type instanceof DecimalType;
    Column column = functions.col("`" + field.name() + "`");
    return text ? column.cast("string") : column;
  }

  private static JsonNode json(String row) {
    try {
      return JSON.readTree(row);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode orNull(JsonNode value) {
    return value.isMissingNode() ? JSON.nullNode() : value;
  }
}
