package io.boxwright.job.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.job.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each benchmark's files become, with small files of the same form. */
class LayoutFormatsTest {

  @TempDir private Path folder;
  private Imports imports;

  @BeforeEach
  void start() {
    imports = new Imports(folder);
  }

  private static String text(JsonNode row, String column) {
    return row.get(column).asText();
  }

  @Test
  void anUnknownFormatIsRefusedWithTheNamesOfAll() throws Exception {
    String file = imports.file("a.csv", "id");

    assertThatThrownBy(() -> imports.run("7-bench", file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("Unknown format '7-bench': it must be one of 7bench, c-bench,");
  }

  @Test
  void spatialRowsOfNsr1kExpectARelation() throws Exception {
    String file =
        imports.file(
            "spatial.json",
            "[{'id':7,'image_id':70,'obj1':['potted plant',[0.5,0.25,0.25,0.5]],",
            " 'obj2':['dog',[0.0,0.0,0.25,0.25]],'prompt':'a potted plant to the right of a dog',",
            " 'relation':'right','type':'template'},",
            "{'id':8,'image_id':80,'obj1':['cat',[0.0,0.0,0.0,0.0]],'obj2':['bed',[0,0,1,1]],",
            " 'prompt':'A cat next to a bed.','relation':'next to','type':'natural'}]");

    List<JsonNode> rows = imports.run("nsr-1k", json(file));

    assertThat(text(rows.get(0), "category")).isEqualTo("right");
    assertThat(rows.get(0).get("bboxes").toString())
        .isEqualTo("[[0.5,0.25,0.75,0.75],[0.0,0.0,0.25,0.25]]");
    assertThat(rows.get(0).get("image_id").longValue()).isEqualTo(70);
    assertThat(Imports.expected(rows.get(0))).containsExactly("potted plant right of 1", "dog");
    assertThat(Imports.expected(rows.get(1))).containsExactly("cat next to 1", "bed");
    assertThat(imports.summary().invalidRows()).as("a box of zeros").isEqualTo(1);
  }

  @Test
  void countingRowsOfNsr1kExpectExactNumbersAndRepeatThePhraseForEachBox() throws Exception {
    String file =
        imports.file(
            "counting.json",
            "[{'id':1,'image_id':2,'num_object':[['clock',2],['vase',1]],'object_list':[",
            "['clock',[0,0,0.5,0.5]],['clock',[0.5,0,0.5,0.5]],['vase',[0,0.5,0.5,0.5]]],",
            "'prompt':'two clocks with one vase','sub-type':'two-categories','type':'template'}]");

    JsonNode row = imports.run("nsr-1k", json(file)).get(0);

    assertThat(text(row, "category")).isEqualTo("two-categories");
    assertThat(Imports.texts(row.get("phrases"))).containsExactly("clocks", "clocks", "vase");
    assertThat(Imports.expected(row)).containsExactly("clock 2..2", "vase 1..1");
    assertThat(Imports.texts(row.get("import_warnings")))
        .containsExactly("phrase 'clock' was found as 'clocks'");
  }

  @Test
  void layoutsOfLmdAreRowsThatExpectWhatTheirPromptSays() throws Exception {
    String file =
        imports.file(
            "lmd.json",
            "{'A scene without dogs': ['[]\\nBackground prompt: A scene\\nNegative prompt: dogs'],",
            "'A scene with two cars': [",
            " '[(`a car`, [0, 128, 256, 256]), (`a car`, [384, 128, 256, 256])]\\nBackground prompt: A scene\\nNegative prompt: ',",
            " '[(`a car`, [0, 0, 128, 128]), (`a car`, [256, 0, 128, 128])]\\nBackground prompt: B\\nNegative prompt: '],",
            "'A scene with a red cup and a blue dog': [",
            " '[(\\\"a red cup\\\", [0, 0, 9, 9]), (`a blue dog`, [9, 9, 9, 9])]\\nBackground prompt: A\\nNegative prompt: '],",
            "'A scene with a cat on the bottom and a car on the top': [",
            " '[(`a cat`, [0, 256, 9, 9]), (`a car`, [0, 0, 9, 9])]\\nBackground prompt: A\\nNegative prompt: ']}");

    List<JsonNode> rows = imports.run("lmd", json(file));

    assertThat(rows)
        .extracting(row -> text(row, "id"))
        .containsExactly("000-00", "001-00", "001-01", "002-00", "003-00");
    assertThat(rows)
        .extracting(row -> text(row, "category"))
        .containsExactly("negation", "numeracy", "numeracy", "attribution", "spatial");
    assertThat(Imports.expected(rows.get(0))).containsExactly("dog 0..0");
    assertThat(text(rows.get(0), "negative_prompt")).isEqualTo("dogs");
    assertThat(rows.get(0).get("bboxes")).isEmpty();
    assertThat(Imports.expected(rows.get(1))).containsExactly("car 2..2");
    assertThat(rows.get(1).get("bboxes").toString())
        .isEqualTo("[[0.0,0.25,0.5,0.75],[0.75,0.25,1.0,0.75]]");
    assertThat(Imports.texts(rows.get(1).get("phrases"))).containsExactly("cars", "cars");
    assertThat(Imports.texts(rows.get(1).get("import_warnings")))
        .containsExactly(
            "phrase 'a car' was found as 'cars'", "bboxes[1] left the image and was clipped");
    assertThat(text(rows.get(2), "background_prompt")).isEqualTo("B");
    assertThat(Imports.expected(rows.get(3))).containsExactly("red cup", "blue dog");
    assertThat(Imports.texts(rows.get(3).get("phrases")))
        .containsExactly("a red cup", "a blue dog");
    assertThat(Imports.expected(rows.get(4))).containsExactly("cat below 1", "car");
    assertThat(imports.summary().clippedBoxes()).isEqualTo(1);
  }

  @Test
  void layoutsOfLmdThatAreNoListsAreRefused() throws Exception {
    String broken = imports.file("lmd.json", "{", "'A scene with a cat': ['[(`a cat`, [0, 0, 9']}");

    assertThatThrownBy(() -> imports.run("lmd", json(broken)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("lmd.json, line 2, field [0]: '[('a cat', [0, 0, 9' is not a list");
  }

  @Test
  void cocoMigTakesLevelsFromBoxesAndColoursFromPhrases() throws Exception {
    String file =
        imports.file(
            "mig.yaml",
            "? a photo of a black bed and a green teddy bear and a green",
            "  teddy bear",
            ": a black bed:",
            "  - - 0.0",
            "    - 0.25",
            "    - 1.0",
            "    - 1.0",
            "  a green teddy bear:",
            "  - [0.0, 0.0, 0.5, 0.5]",
            "  - [0.5, 0.0, 1.0, 0.5]",
            "  coco_id: '659'");

    JsonNode row = imports.run("coco-mig", file).get(0);

    assertThat(text(row, "prompt"))
        .isEqualTo("a photo of a black bed and a green teddy bear and a green teddy bear");
    assertThat(text(row, "original_id")).isEqualTo("659");
    assertThat(text(row, "category")).isEqualTo("L3");
    assertThat(Imports.texts(row.get("phrases")))
        .containsExactly("a black bed", "a green teddy bear", "a green teddy bear");
    assertThat(Imports.expected(row)).containsExactly("bed 1.. black", "teddy bear 2.. green");
  }

  @Test
  void genEvalExpectsCountsColoursAndPositions() throws Exception {
    String file =
        imports.file(
            "geneval.jsonl",
            "{'tag':'counting','include':[{'class':'clock','count':2}],"
                + "'exclude':[{'class':'clock','count':3}],'prompt':'a photo of two clocks'}",
            "{'tag':'position','include':[{'class':'bear','count':1},{'class':'dog','count':1,"
                + "'color':'red','position':['right of',0]}],'prompt':'a red dog right of a bear'}",
            "{'tag':'counting','include':[],'exclude':[{'class':'cat','count':1}],'prompt':'a'}");

    List<JsonNode> rows = imports.run("geneval", json(file));

    assertThat(Imports.expected(rows.get(0))).containsExactly("clock 2..2");
    assertThat(Imports.expected(rows.get(1))).containsExactly("bear 1..", "dog 1.. red right of 0");
    assertThat(Imports.expected(rows.get(2))).containsExactly("cat 0..0");
    assertThat(text(rows.get(1), "original_id")).isEqualTo("00001");
    assertThat(rows.get(1).get("bboxes")).isEmpty();
  }

  @Test
  void aWrongFieldOfJsonLinesIsNamedWithItsLine() throws Exception {
    String file =
        imports.file(
            "geneval.jsonl",
            "{'tag':'t','include':[{'class':'clock','count':2}],'prompt':'p'}",
            "{'tag':'t','include':[{'class':'clock','count':'two'}],'prompt':'p'}");

    assertThatThrownBy(() -> imports.run("geneval", json(file)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "geneval.jsonl, line 2, field include[0].count: it is 'two', but must be a whole number");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'class':'clock','count':2}|{'class':'clock','count':2}"
            + "|exclude[0]: The expectation 'clock' has counts from 2 to 1",
        "{'class':'clock','count':-2}|{'class':'cat','count':2}"
            + "|include[0]: The expectation 'clock' has counts from -2 to null",
        "{'class':'clock','count':2}|{'class':'cat','count':0}"
            + "|exclude[0]: The expectation 'cat' has counts from 0 to -1",
      })
  void aThingThatNoImageCanShowIsNamedWithItsLine(String included, String excluded, String problem)
      throws Exception {
    String file =
        imports.file(
            "geneval.jsonl",
            "{'tag':'t','include':[%s],'exclude':[%s],'prompt':'p'}".formatted(included, excluded));

    assertThatThrownBy(() -> imports.run("geneval", json(file)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("geneval.jsonl, line 1, field " + problem);
  }

  @Test
  void visorExpectsTheRelationOfTwoObjects() throws Exception {
    String file =
        imports.file(
            "visor.json",
            "[{'unique_id':0,'num_objects':2,'obj_1_attributes':['cat'],'obj_2_attributes':['bus'],",
            " 'rel_type':'to the left of','text':'a cat to the left of a bus'},",
            " {'unique_id':9,'num_objects':1,'obj_1_attributes':['cat'],'obj_2_attributes':[null],",
            " 'rel_type':'single','text':'a cat'}]");

    List<JsonNode> rows = imports.run("visor", json(file));

    assertThat(Imports.expected(rows.get(0))).containsExactly("cat left of 1", "bus");
    assertThat(text(rows.get(0), "category")).isEqualTo("to the left of");
    assertThat(Imports.expected(rows.get(1))).containsExactly("cat");
  }

  @Test
  void boxDiffMakesPromptsOfFolders() throws Exception {
    String file =
        imports.file(
            "boxdiff.json",
            "[{'filename':'a_cow_and_a_jar/4.png',",
            "'objects':{'cow':[0,128,256,512],'horse':[0,0,9,9]}}]");

    JsonNode row = imports.run("boxdiff", json(file)).get(0);

    assertThat(text(row, "prompt")).isEqualTo("a cow and a jar");
    assertThat(text(row, "id")).isEqualTo("a_cow_and_a_jar/4.png");
    assertThat(row.get("bboxes").get(0).toString()).isEqualTo("[0.0,0.25,0.5,1.0]");
    assertThat(imports.summary().worst().get(0))
        .endsWith("phrase 'horse' does not occur in the prompt");
  }

  @Test
  void layoutBenchTakesItsCategoryFromTheName() throws Exception {
    String[] lines = {
      "[{'caption':'two cats','box_captions':['cat','cat'],'id':3,",
      "'boxes_normalized':[[0,0,0.5,0.5],[0.5,0.5,1,1]]}]"
    };
    String count = json(imports.file("count_layouts_all.json", lines));
    String all = json(imports.file("all_layouts.json", lines));

    List<JsonNode> rows = imports.run("layoutbench-coco", count, all);

    assertThat(text(rows.get(0), "category")).isEqualTo("count");
    assertThat(rows.get(1).get("category").isNull()).isTrue();
    assertThat(rows).extracting(row -> text(row, "id")).containsExactly("3", "3-2");
    assertThat(rows).extracting(row -> text(row, "original_id")).containsExactly("3", "3");
  }

  @Test
  void cocoChoosesObjectsByAreaAndImagesByNumber() throws Exception {
    String instances =
        imports.file(
            "instances.json",
            "{'info':{},'images':[{'id':1,'width':200,'height':100},{'id':2,'width':10,'height':10}],",
            "'categories':[{'id':5,'name':'cat'},{'id':6,'name':'dog'}],'annotations':[",
            "{'image_id':1,'category_id':5,'bbox':[0,0,100,50],'segmentation':[[1,2]],'iscrowd':0},",
            "{'image_id':1,'category_id':6,'bbox':[100,50,100,50],'iscrowd':0},",
            "{'image_id':1,'category_id':6,'bbox':[0,0,200,100],'iscrowd':1},",
            "{'image_id':1,'category_id':6,'bbox':[0,0,10,10],'iscrowd':0},",
            "{'image_id':2,'category_id':5,'bbox':[0,0,10,10],'iscrowd':0}]}");
    String captions =
        imports.file(
            "captions.json",
            "{'images':[{'id':1,'width':200,'height':100}],'annotations':[",
            "{'image_id':1,'caption':'A cat and a dog. '},{'image_id':1,'caption':'Others'},",
            "{'image_id':2,'caption':'A cat'}]}");
    ImportSettings settings =
        ImportSettings.of("coco", List.of(json(captions), json(instances)))
            .withObjects(new ObjectChoice(0.02, 2, 3));

    List<JsonNode> rows = imports.run(settings);

    assertThat(rows).hasSize(1);
    assertThat(text(rows.get(0), "prompt")).isEqualTo("A cat and a dog.");
    assertThat(rows.get(0).get("bboxes").toString())
        .isEqualTo("[[0.0,0.0,0.5,0.5],[0.5,0.5,1.0,1.0]]");
    assertThatThrownBy(() -> imports.run("coco", instances))
        .hasMessageContaining(
            "needs two files, of instances and of captions; there are no captions");
  }

  @Test
  void truncatedAndWrongJsonIsRefusedWithItsLine() throws Exception {
    String truncated = json(imports.file("a.json", "[{'id':1,", "'obj1':['cat',[0,0"));
    String object = json(imports.file("b.json", "{'id':1}"));
    String more = json(imports.file("c.json", "[]", "[]"));
    String yaml = imports.file("d.yaml", "a photo: {a cat: [[0, 0, 1");

    assertThatThrownBy(() -> imports.run("nsr-1k", truncated))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("a.json, line 3: the file ends too early");
    assertThatThrownBy(() -> imports.run("nsr-1k", object))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("b.json, line 1: the file must be a list [...]");
    assertThatThrownBy(() -> imports.run("nsr-1k", more))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("c.json, line 2: the file must be at its end after the first value");
    assertThatThrownBy(() -> imports.run("coco-mig", yaml))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("d.yaml, line 1: while parsing a flow sequence; expected ','");
  }

  @Test
  void anAliasOfYamlIsRefusedAndNotTakenForAText() throws Exception {
    String file =
        imports.file(
            "mig.yaml", "a cat:", "  a cat: [[0, 0, 1, 1]]", "  note: &x '659'", "  coco_id: *x");

    assertThatThrownBy(() -> imports.run("coco-mig", file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("mig.yaml, line 4: the alias *x cannot be read; write the value itself");
  }

  /** Writes the quotes of JSON in place of ' and those of Python in place of `. */
  private static String json(String file) throws IOException {
    Path path = Path.of(file);
    String text = Files.readString(path);
    Files.writeString(path, text.replace('\'', '"').replace('`', '\''));
    return file;
  }
}
