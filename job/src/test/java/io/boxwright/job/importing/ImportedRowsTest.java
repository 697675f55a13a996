package io.boxwright.job.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.udf.table.PromptTables;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.InputFile;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to phrases, boxes and ids of any format. */
class ImportedRowsTest {

  @TempDir private Path folder;
  private Imports imports;

  @BeforeEach
  void start() {
    imports = new Imports(folder);
  }

  private static String line(String prompt, String phrase, String box) {
    return "{\"prompt\":\"%s\",\"phrases\":[\"%s\"],\"bboxes\":[%s]}"
        .formatted(prompt, phrase, box);
  }

  private ImportSettings table(String... lines) throws IOException {
    return ImportSettings.of("table", List.of(imports.file("t.jsonl", lines)));
  }

  private JsonNode importOne(String prompt, String phrase, String box) throws IOException {
    return imports.run(table(line(prompt, phrase, box))).get(0);
  }

  @ParameterizedTest
  @CsvSource({
    "a Red  car, red car, red car, ",
    "two parking meters, parking_meter, parking meters, ",
    "some cars, a car, cars, ",
    "two people at a table, person_sitting, people,  by its head noun",
    "two traffic lights, traffic light 3, traffic lights,  by its head noun",
    "a woman with hair, long dark hair, hair,  by its head noun",
    "a cat and a cat, cat1, cat,  by its head noun",
  })
  void phrasesAreInTheSpellingOfThePrompt(String prompt, String phrase, String spelling, String how)
      throws IOException {
    JsonNode row = importOne(prompt, phrase, "[0,0,1,1]");

    assertThat(Imports.texts(row.get("phrases"))).containsExactly(spelling);
    String warning = "phrase '%s' was found as '%s'".formatted(phrase, spelling);
    assertThat(Imports.texts(row.get("import_warnings")))
        .isEqualTo(
            spelling.equals(phrase)
                ? List.of()
                : List.of(how == null ? warning : warning + " " + how.strip()));
  }

  @Test
  void aPhraseThatIsNotThereMakesTheRowInvalid() throws IOException {
    JsonNode row = importOne("a street", "traffic_light", "[0,0,1,1]");

    assertThat(row.get("prompt").asText()).isEqualTo("a street");
    assertThat(Imports.texts(row.get("phrases"))).containsExactly("traffic_light");
    assertThat(imports.summary().invalidRows()).isEqualTo(1);
    assertThat(imports.summary().phrases()).containsEntry(PhraseSource.MISSING, 1);
  }

  @Test
  void missingPhrasesAreAppendedOnceIfThatIsWanted() throws IOException {
    ImportSettings settings =
        table(
                "{\"prompt\":\"a street\",\"phrases\":[\"a_car\",\"dog\",\"a_car\"],"
                    + "\"bboxes\":[[0,0,1,1],[0,0,1,1],[0,0,1,1]]}")
            .withMissingPhrases(MissingPhrases.APPEND);

    JsonNode row = imports.run(settings).get(0);

    assertThat(row.get("prompt").asText()).isEqualTo("a street | a car | dog");
    assertThat(Imports.texts(row.get("phrases"))).containsExactly("a car", "dog", "a car");
    assertThat(imports.summary().invalidRows()).isZero();
    assertThat(imports.summary().phrases()).containsEntry(PhraseSource.APPENDED, 3);
  }

  @Test
  void boxesThatLeaveTheImageAreClippedAndRoundingErrorsAreNotMentioned() throws IOException {
    JsonNode clipped = importOne("a cat", "cat", "[-0.25,0.5,0.5,1.5]");
    assertThat(clipped.get("bboxes").toString()).isEqualTo("[[0.0,0.5,0.5,1.0]]");
    assertThat(Imports.texts(clipped.get("import_warnings")))
        .containsExactly("bboxes[0] left the image and was clipped");
    assertThat(imports.summary().clippedBoxes()).isEqualTo(1);

    JsonNode rounded = importOne("a cat", "cat", "[0,0,1.00001,1]");
    assertThat(rounded.get("bboxes").toString()).isEqualTo("[[0.0,0.0,1.0,1.0]]");
    assertThat(rounded.get("import_warnings")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[0.5,0.0,0.5,1.0]",
        "[0.5,0.0,0.25,1.0]",
        "[0.0,0.0,NaN,1.0]",
        "[0.0,0.0,1.0]",
        "[1.5,0.0,2.0,1.0]"
      })
  void brokenBoxesStayAsTheyAreAndCanBeLeftOut(String box) throws IOException {
    String[] lines = {line("a cat", "cat", box), line("a dog", "dog", "[0,0,1,1]")};

    JsonNode kept = imports.run(table(lines)).get(0);
    assertThat(kept.get("bboxes").get(0).toString().replace("\"", "")).isEqualTo(box);
    assertThat(kept.get("import_warnings").get(0).asText())
        .startsWith("generation refuses this row: Invalid bboxes[0]");

    assertThat(imports.run(table(lines).withInvalidRows(InvalidRows.DROP)))
        .extracting(row -> row.get("prompt").asText())
        .containsExactly("a dog");
    assertThat(imports.summary().invalidRows()).isEqualTo(1);
    assertThat(imports.summary().writtenRows()).isEqualTo(1);
  }

  @Test
  void anEmptyPromptIsAnInvalidRow() throws IOException {
    imports.run(table("{\"prompt\":\" \"}"));

    assertThat(imports.summary().worst().get(0)).endsWith("Invalid prompt: it is empty");
  }

  @Test
  void repeatedIdsGetANumber() throws IOException {
    String[] lines = {
      "{\"id\":\"a\",\"prompt\":\"x\"}", "{\"id\":\"a\",\"prompt\":\"y\"}", "{\"prompt\":\"z\"}"
    };

    assertThat(imports.run(table(lines)))
        .extracting(row -> row.get("id").asText())
        .containsExactly("a", "a-2", "000002");
  }

  @Test
  void theTableIsAPromptTableWhoseColumnsTheImageTableCanHave() throws IOException {
    imports.run(
        table(
            "{\"prompt\":\"a cat\",\"phrases\":[\"cat\"],\"bboxes\":[[0,0,1,1]],"
                + "\"negative_prompt\":\"dog\",\"seed\":1,\"coco_id\":\"5\"}"));
    InputFile file =
        HadoopInputFile.fromPath(
            new org.apache.hadoop.fs.Path(folder.resolve("table-0.parquet").toString()),
            new Configuration());
    StructType schema;
    try (ParquetFileReader reader = ParquetFileReader.open(file)) {
      schema =
          new ParquetToSparkSchemaConverter(SQLConf.get())
              .convert(reader.getFooter().getFileMetaData().getSchema());
    }

    assertThatCode(() -> PromptTables.checkSchema(schema)).doesNotThrowAnyException();
    assertThat(PromptTables.findReservedColumns(List.of(schema.fieldNames()))).isEmpty();
    assertThat(schema.fieldNames())
        .containsExactly(
            "id",
            "prompt",
            "negative_prompt",
            "bboxes",
            "phrases",
            "benchmark",
            "category",
            "original_id",
            "expected",
            "import_warnings",
            "seed",
            "coco_id");
    assertThat(schema.apply("expected").dataType().catalogString())
        .isEqualTo(
            "array<struct<label:string,min_count:int,max_count:int,color:string,relation:string,"
                + "relative_to:int>>");
  }

  @Test
  void theSameFileGivesTheSameBytesAndNoOtherFileIsLeft() throws IOException {
    ImportSettings settings = table(line("a cat", "cat", "[0,0,1,1]"));
    imports.run(settings);
    imports.run(settings);

    assertThat(folder.resolve("table-0.parquet"))
        .hasSameBinaryContentAs(folder.resolve("table-1.parquet"));
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("t.jsonl", "table-0.parquet", "table-1.parquet");
    }
  }

  @Test
  void aTableThatIsThereStays() throws IOException {
    Path table = Files.writeString(folder.resolve("table-0.parquet"), "mine");
    ImportSettings settings = table(line("a cat", "cat", "[0,0,1,1]"));

    assertThatThrownBy(() -> imports.run(settings))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("it is there already");
    assertThat(table).hasContent("mine");
  }

  @Test
  void theSummaryCountsPhrasesAndNamesTheWorstRows() throws IOException {
    imports.run(
        table(
            line("two cats", "cat", "[0,0,1.5,1]"),
            line("a cat", "cat", "[0,0,1,1]"),
            line("a cat", "dog", "[0,0,1,1]")));
    StringWriter text = new StringWriter();

    imports.summary().print(new PrintWriter(text, true));

    assertThat(text.toString().lines())
        .containsExactly(
            "3 rows, 3 boxes",
            "phrases: 1 word for word, 1 in another form (plural, article or hyphen), 1 not found",
            "1 box reached over the edge of its image and was clipped",
            "1 row is invalid; generation will write an error for it",
            "  000002 (t.jsonl, line 3): phrase 'dog' does not occur in the prompt",
            "  000000 (t.jsonl, line 1): phrase 'cat' was found as 'cats'; 1 more warning");
  }

  @Test
  void theSummaryNamesFiveRowsAndCountsTheOthers() throws IOException {
    String[] lines = new String[7];
    Arrays.fill(lines, line("a cat", "dog", "[0,0,1,1]"));
    imports.run(table(lines));
    StringWriter text = new StringWriter();

    imports.summary().print(new PrintWriter(text, true));

    assertThat(text.toString().lines()).hasSize(9).last().isEqualTo("  ... and 2 more");
  }

  @Test
  void theSummarySaysThatRowsWithoutBoxesArePlain() throws IOException {
    imports.run(table("{\"prompt\":\"a cat\"}"));
    StringWriter text = new StringWriter();

    imports.summary().print(new PrintWriter(text, true));

    assertThat(text.toString().lines())
        .containsExactly(
            "1 row, 0 boxes", "no boxes: these rows are made as plain Stable Diffusion");
  }
}
