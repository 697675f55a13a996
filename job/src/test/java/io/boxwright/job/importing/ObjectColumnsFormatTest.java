package io.boxwright.job.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.job.input.InvalidInputException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 7Bench, C-Bench and O-Bench. */
class ObjectColumnsFormatTest {

  private static final String HEADER = "id,category,prompt,obj1,bbox1,obj2,bbox2";

  @TempDir private Path folder;
  private Imports imports;

  @BeforeEach
  void start() {
    imports = new Imports(folder);
  }

  @Test
  void boxesArePixelsOf512AndEmptyObjectsAreLeftOut() throws Exception {
    String file =
        imports.file(
            "7bench.csv",
            HEADER,
            "000,small_bboxes,A fox and a jar,fox,\"0,64,128,512\",jar,\"256,256,384,320\"",
            "001,object_binding,An owl,owl,\"0,0,512,256\",,");

    List<JsonNode> rows = imports.run("7bench", file);

    assertThat(rows).hasSize(2);
    JsonNode row = rows.get(0);
    assertThat(row.get("id").asText()).isEqualTo("000");
    assertThat(row.get("original_id").asText()).isEqualTo("000");
    assertThat(row.get("benchmark").asText()).isEqualTo("7bench");
    assertThat(row.get("category").asText()).isEqualTo("small_bboxes");
    assertThat(row.get("prompt").asText()).isEqualTo("A fox and a jar");
    assertThat(row.get("bboxes").toString())
        .isEqualTo("[[0.0,0.125,0.25,1.0],[0.5,0.5,0.75,0.625]]");
    assertThat(Imports.texts(row.get("phrases"))).containsExactly("fox", "jar");
    assertThat(row.get("expected").isNull()).isTrue();
    assertThat(rows.get(1).get("bboxes")).hasSize(1);
    assertThat(imports.summary().boxes()).isEqualTo(3);
  }

  @Test
  void numbersOfObjectsMayHaveGaps() throws Exception {
    String file =
        imports.file(
            "7bench.csv",
            "id,category,prompt,obj1,bbox1,obj3,bbox3,obj10,bbox10,obj4,bbox4",
            "000,c,A fox and a jar,fox,\"0,0,128,128\",jar,\"0,0,256,256\",fox,\"0,0,64,64\",,");

    JsonNode row = imports.run("7bench", file).get(0);

    assertThat(Imports.texts(row.get("phrases"))).containsExactly("fox", "jar", "fox");
    assertThat(row.get("bboxes").get(2).toString()).isEqualTo("[0.0,0.0,0.125,0.125]");
  }

  @Test
  void aBoxOfNoAreaStaysAsItIsAndTheRowIsInvalid() throws Exception {
    String file =
        imports.file(
            "7bench.csv",
            HEADER,
            "000,c,A fox and a jar,fox,\"0,0,128,128\",jar,\"256,64,256,320\"",
            "001,c,A fox,fox,\"0,0,128,128\",,");

    JsonNode row = imports.run("7bench", file).get(0);

    assertThat(row.get("bboxes").get(1).toString()).isEqualTo("[0.5,0.125,0.5,0.625]");
    assertThat(Imports.texts(row.get("import_warnings")))
        .singleElement()
        .asString()
        .startsWith("generation refuses this row: Invalid bboxes[1]: Invalid box: zero area");
    assertThat(imports.summary().invalidRows()).isEqualTo(1);
    assertThat(imports.summary().worst())
        .singleElement()
        .asString()
        .startsWith("000 (7bench.csv, line 2): Invalid bboxes[1]");
  }

  @Test
  void objectsUpToTheEighthAreReadAndOBenchKeepsItsOriginalIds() throws Exception {
    StringBuilder header = new StringBuilder("id,original_id,category,prompt");
    StringBuilder row = new StringBuilder("0,158452,open_set,Eight cats in black pants .");
    for (int i = 1; i <= 8; i++) {
      header.append(",obj%d,bbox%d".formatted(i, i));
      row.append(i == 1 ? ",pants,\"0,0,9,9\"" : ",black pants,\"0,0,%d,9\"".formatted(i));
    }
    String file = imports.file("o_bench.csv", header.toString(), row.toString());

    JsonNode imported = imports.run("o-bench", file).get(0);

    assertThat(imported.get("original_id").asText()).isEqualTo("158452");
    assertThat(Imports.texts(imported.get("phrases")))
        .hasSize(8)
        .startsWith("pants", "black pants", "black pants");
  }

  @Test
  void wrongFilesAreRefusedWithTheirLineAndField() throws Exception {
    String noPrompt = imports.file("a.csv", "id,category,obj1,bbox1", "0,c,cat,\"0,0,9,9\"");
    String badBox =
        imports.file("b.csv", HEADER, "0,c,A cat,cat,\"0,0,9,9\",,", "1,c,A cat,cat,0;0;9;9,,");
    String truncated = imports.file("c.csv", HEADER, "0,c,A cat,cat,\"0,0,9,9\",,", "1,c,A ca");
    String json = imports.file("e.jsonl", "{\"tag\": \"a\", \"prompt\": \"b\"}", "{\"tag\": 1}");
    String openQuote = imports.file("d.csv", HEADER, "0,c,A cat,cat,\"0,0,9");

    assertThatThrownBy(() -> imports.run("7bench", noPrompt))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("a.csv is not a 7bench CSV: its first line has no column prompt");
    assertThatThrownBy(() -> imports.run("C-Bench", json))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "e.jsonl is not a c-bench CSV: its first line has no columns id, category, prompt, obj1, bbox1; it looks like JSON");
    assertThatThrownBy(() -> imports.run("7bench", badBox))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("b.csv, line 3, field bbox1: it is '0;0;9;9', but must be x0,y0,x1,y1");
    assertThatThrownBy(() -> imports.run("7bench", truncated))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("c.csv, line 3: ");
    assertThatThrownBy(() -> imports.run("7bench", openQuote))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("d.csv, line 3: Missing closing quote for value");
    assertThat(folder.toFile().list((dir, name) -> name.endsWith(".parquet"))).isEmpty();
  }
}
