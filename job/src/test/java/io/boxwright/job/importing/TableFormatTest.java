package io.boxwright.job.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.layout.BoxForm;
import io.boxwright.job.input.InvalidInputException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that are no benchmark. */
class TableFormatTest {

  @TempDir private Path folder;
  private Imports imports;

  @BeforeEach
  void start() {
    imports = new Imports(folder);
  }

  private static TableForm form(BoxForm boxes, Canvas canvas) {
    return new TableForm("prompt", "bboxes", "phrases", "id", boxes, canvas);
  }

  @ParameterizedTest
  @CsvSource({
    "XYXY, 1, 1, '[0.25,0.5,0.75,1.0]'",
    "XYXY, 400, 200, '[100,100,300,200]'",
    "XYWH, 400, 200, '[100,100,200,100]'",
    "CXCYWH, 400, 200, '[200,150,200,100]'",
  })
  void boxesOfAnyFormAndUnitBecomeRelativeEdges(
      BoxForm boxes, double width, double height, String numbers) throws Exception {
    String file =
        imports.file(
            "t.csv",
            "prompt,phrases,bboxes",
            "a cat,\"[\"\"cat\"\"]\",\"[%s]\"".formatted(numbers));
    ImportSettings settings =
        ImportSettings.of("table", List.of(file)).withTable(form(boxes, new Canvas(width, height)));

    assertThat(imports.run(settings).get(0).get("bboxes").toString())
        .isEqualTo("[[0.25,0.5,0.75,1.0]]");
  }

  @Test
  void noDigitOfANumberIsLost() throws Exception {
    String file =
        imports.file(
            "t.jsonl",
            "{\"prompt\":\"a\",\"id\":12345678901234567890,\"n\":9007199254740993,\"x\":9007199254740992}",
            "{\"prompt\":\"b\",\"id\":2,\"n\":0.5,\"x\":0.5}");

    JsonNode row = imports.run("table", file).get(0);

    assertThat(row.get("id").asText()).isEqualTo("12345678901234567890");
    assertThat(row.get("n").isTextual()).isTrue();
    assertThat(row.get("n").asText()).isEqualTo("9007199254740993");
    assertThat(row.get("x").doubleValue()).isEqualTo(9007199254740992.0);
  }

  @Test
  void noDigitOfADecimalIsLost() throws Exception {
    String file =
        imports.file(
            "t.jsonl",
            "{\"prompt\":\"a\",\"id\":1.50,\"x\":0.12345678901234567891,\"y\":1e-400,\"l\":[2.50]}",
            "{\"prompt\":\"b\",\"id\":2,\"x\":1,\"y\":0.5}");

    JsonNode row = imports.run("table", file).get(0);

    assertThat(row.get("id").asText()).isEqualTo("1.50");
    assertThat(row.get("x").isTextual()).isTrue();
    assertThat(row.get("x").asText()).isEqualTo("0.12345678901234567891");
    assertThat(row.get("y").asText()).isEqualTo("1E-400");
    assertThat(row.get("l").asText()).isEqualTo("[2.50]");
  }

  @Test
  void seedsOfPandasAreWholeNumbersAndOthersAreRefused() throws Exception {
    String whole = imports.file("a.jsonl", "{\"prompt\":\"a\",\"seed\":5.0}");
    String fraction = imports.file("b.jsonl", "{\"prompt\":\"a\",\"seed\":1.5}");
    String large = imports.file("c.jsonl", "{\"prompt\":\"a\",\"seed\":9223372036854775808}");

    assertThat(imports.run("table", whole).get(0).get("seed").isLong()).isTrue();
    for (String file : List.of(fraction, large)) {
      assertThatThrownBy(() -> imports.run("table", file))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(".jsonl, line 1, field seed: it is '")
          .hasMessageEndingWith("', but must be a whole number of 64 bits");
    }
  }

  @Test
  void nothingAfterTheListsOfACsvIsLost() throws Exception {
    String twoLists =
        imports.file("a.csv", "prompt,bboxes,phrases", "cat,\"[[0,0,1,1]] []\",\"[\"\"cat\"\"]\"");
    String halfCharacter =
        imports.file("b.csv", "prompt,bboxes,phrases", "cat,\"[[0,0,1,1]]\",\"[\"\"\\ud800\"\"]\"");

    assertThatThrownBy(() -> imports.run("table", twoLists))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("a.csv, line 2, field bboxes: it is '[[0,0,1,1]] []', but must be JSON");
    assertThatThrownBy(() -> imports.run("table", halfCharacter))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("b.csv, line 2: the text '\\uD800' has half of a surrogate pair");
  }

  @Test
  void aNulCharacterIsKept() throws Exception {
    String file = imports.file("t.jsonl", "{\"prompt\":\"a\\u0000cat\",\"note\":\"\\u0000\"}");

    JsonNode row = imports.run("table", file).get(0);

    assertThat(row.get("prompt").asText()).isEqualTo("a\0cat");
    assertThat(row.get("note").asText()).isEqualTo("\0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prompt\":\"a\",\"id\":1e400} | t.jsonl, line 1, field id: a number is infinite",
        "{\"prompt\":\"a\",\"s\":[-1e400]} | t.jsonl, line 1, field s: a number is infinite",
        "{\"prompt\":\"a \\ud800 cat\"} | t.jsonl, line 1: the text 'a",
        "{\"prompt\":\"a\",\"x\":{\"\\udc00\":1}} | surrogate",
        "{\"prompt\":{}} | t.jsonl, line 1, field prompt: it is an object, but must be text",
      })
  void valuesThatCannotBeKeptAreRefused(String line, String message) throws Exception {
    String file = imports.file("t.jsonl", line);

    assertThatThrownBy(() -> imports.run("table", file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.csv", "t.tsv"})
  void twoColumnsOfOneNameAreRefused(String name) throws Exception {
    String separator = name.endsWith("csv") ? "," : "\t";
    String file =
        imports.file(
            name,
            String.join(separator, "prompt", "x", "x"),
            String.join(separator, "a", "1", "2"));

    assertThatThrownBy(() -> imports.run("table", file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("line 1: there are two columns x");
  }

  @Test
  void otherColumnsPassThroughWithTheNarrowestType() throws Exception {
    String file =
        imports.file(
            "t.jsonl",
            "{\"prompt\":\"a\",\"seed\":5,\"n\":1,\"x\":1,\"ok\":true,\"s\":\"t\",\"l\":[1]}",
            "{\"prompt\":\"b\",\"seed\":6,\"n\":null,\"x\":0.5,\"category\":\"c\"}");

    List<JsonNode> rows = imports.run("table", file);

    JsonNode row = rows.get(0);
    assertThat(List.of(row.get("seed"), row.get("n"), row.get("x"), row.get("ok")).toString())
        .isEqualTo("[5, 1, 1.0, true]");
    assertThat(row.get("s").asText()).isEqualTo("t");
    assertThat(row.get("l").asText()).isEqualTo("[1]");
    assertThat(rows.get(1).get("n").isNull()).isTrue();
    assertThat(rows.get(1).get("category").asText()).isEqualTo("c");
    assertThat(row.get("benchmark").asText()).isEqualTo("table");
  }

  @Test
  void tsvHasTabsAndItsSeedsAreNumbers() throws Exception {
    String file = imports.file("t.TSV", "text\tseed\tnegative_prompt", "a cat, black\t12\tblurry");
    ImportSettings settings =
        ImportSettings.of("table", List.of(file))
            .withTable(
                new TableForm("text", "bboxes", "phrases", "id", BoxForm.XYXY, Canvas.RELATIVE));

    JsonNode row = imports.run(settings).get(0);

    assertThat(row.get("prompt").asText()).isEqualTo("a cat, black");
    assertThat(row.get("seed").isLong()).isTrue();
    assertThat(row.get("negative_prompt").asText()).isEqualTo("blurry");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pandas_plain", "polars_plain", "duckdb_plain"})
  void parquetOfOtherToolsIsRead(String tool) throws Exception {
    JsonNode row =
        imports
            .run("table", "src/test/resources/prompt-tables/%s/t.parquet".formatted(tool))
            .get(0);

    assertThat(row.get("bboxes").toString()).isEqualTo("[[0.0,0.25,0.5,0.75],[0.5,0.5,1.0,1.0]]");
    assertThat(Imports.texts(row.get("phrases"))).containsExactly("cat", "ball");
    assertThat(row.get("seed").longValue()).isEqualTo(1);
  }

  @Test
  void parquetThatCannotPassThroughIsRefused() throws Exception {
    String imported = imports.file("7.csv", "id,category,prompt,obj1,bbox1", "0,c,A cat,,");
    imports.run("7bench", imported);
    String dates = "src/test/resources/prompt-tables/pyarrow_dates/table.parquet";
    String broken = imports.file("broken.parquet", "PAR1");
    String twins = "src/test/resources/prompt-tables/names_that_are_equal/t.parquet";

    assertThatThrownBy(() -> imports.run("table", folder.resolve("table-0.parquet").toString()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "table-0.parquet, row 1, field benchmark: import makes a column of that name itself;"
                + " rename it");
    assertThatThrownBy(() -> imports.run("table", dates))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("table.parquet, row 1, field ")
        .hasMessageEndingWith("but must be text, a number, a truth value, a list or a struct");
    assertThatThrownBy(() -> imports.run("table", twins))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("t.parquet: there are two columns prompt; rename or remove one");
    assertThatThrownBy(() -> imports.run("table", broken))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Cannot read broken.parquet: ");
  }

  @Test
  void tablesThatWouldLoseTheirLayoutAreRefused() throws Exception {
    String misspelt = imports.file("a.csv", "prompt,boxes,phrases", "a cat,\"[[0,0,1,1]]\",");
    String uneven =
        imports.file("b.jsonl", "{\"prompt\":\"a\",\"bboxes\":[[0,0,1,1]],\"phrases\":[]}");
    String noPrompt = imports.file("c.csv", "text", "a cat");
    String noList = imports.file("d.csv", "prompt,bboxes,phrases", "a cat,0;0;1;1,cat");
    String badSeed = imports.file("e.csv", "prompt,seed", "a cat,x");
    String text = imports.file("f.txt", "a cat");
    String list = imports.file("g.jsonl", "[{\"prompt\":\"a\"}]", "{\"prompt\":\"b\"}");

    assertThatThrownBy(() -> imports.run("table", misspelt))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "a.csv, line 1: Invalid columns: column boxes is not read; did you mean bboxes? Rename it"
                + " to that, or to something less like it, or name it with --boxes-column or"
                + " --phrases-column");
    assertThatThrownBy(() -> imports.run("table", uneven))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("b.jsonl, line 1: 1 boxes in bboxes, but 0 phrases in phrases");
    assertThatThrownBy(() -> imports.run("table", noPrompt))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("c.csv, line 2: field prompt is missing");
    assertThatThrownBy(() -> imports.run("table", noList))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("d.csv, line 2, field bboxes: it is '0;0;1;1', but must be JSON");
    assertThatThrownBy(() -> imports.run("table", badSeed))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("e.csv, line 2, field seed: it is 'x', but must be a whole number of 64 bits");
    assertThatThrownBy(() -> imports.run("table", list))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("g.jsonl, line 1: it is a list of 1, but must be an object with fields");
    assertThatThrownBy(() -> imports.run("table", text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("must end with .csv, .tsv, .jsonl or .parquet");
  }
}
