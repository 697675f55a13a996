package io.boxwright.job.importing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.job.input.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HRS as the JSON of ToLo and as pickles. */
class HrsFormatTest {

  /** {@code {"two cats.": [["cat1", "cat_2"], [(0, 0, 256, 512), (300, -7, 540, 512)]]}}. */
  private static final String TWO_CATS_OF_PROTOCOL_4 =
      "80049549000000000000007d948c0974776f20636174732e945d94285d94288c0463617431948c056361745f32"
          + "94655d9428284b004b004d00014d00027494284d2c014af9ffffff4d1c024d000274946565732e";

  private static final String TWO_CATS_OF_PROTOCOL_2 =
      "80027d7100580900000074776f20636174732e71015d7102285d71032858040000006361743171045805000000"
          + "6361745f327105655d710628284b004b004d00014d0002747107284d2c014af9ffffff4d1c024d0002747108"
          + "6565732e";

  /** {@code {"a": os.getcwd}}: a function, which Python would look up. */
  private static final String FUNCTION =
      "80027d7100580100000061710163706f7369780a6765746377640a7102732e";

  /** {@code {"a": x, "b": x}} with one list x. */
  private static final String SHARED_LIST =
      "80049514000000000000007d94288c0161945d946801618c0162946802752e";

  @TempDir private Path folder;
  private Imports imports;

  @BeforeEach
  void start() {
    imports = new Imports(folder);
  }

  private String pickle(String name, String hex) throws IOException {
    return Files.write(folder.resolve(name), HexFormat.of().parseHex(hex)).toString();
  }

  private JsonNode importJson(String name, String prompt, String sets, String boxes)
      throws IOException {
    String text =
        "{\"sets\": [%s], \"prompts\": [\"%s\"], \"boxes\": [%s]}"
            .formatted(sets.replace('\'', '"'), prompt, boxes);
    return imports.run("hrs", imports.file(name, text)).get(0);
  }

  @Test
  void namesOfJsonAreListsOfWordsThatMayEndInAComma() throws IOException {
    JsonNode row =
        importJson(
            "color_iou_threshold_0.json",
            "a green chair, and a red dog.",
            "[['green','chair,'],['red','dog']]",
            "[[[0,0,0.5,0.5],[0.5,0,1,0.5]],[[0,0.5,1,1]]]");

    assertThat(Imports.texts(row.get("phrases")))
        .containsExactly("green chair", "green chair", "red dog");
    assertThat(row.get("bboxes").get(1).toString()).isEqualTo("[0.5,0.0,1.0,0.5]");
    assertThat(row.get("category").asText()).isEqualTo("color");
    assertThat(row.get("original_id").asText()).isEqualTo("color_iou_threshold_0-0000");
    assertThat(Imports.expected(row)).containsExactly("chair green", "dog red");
  }

  @ParameterizedTest
  @CsvSource({
    "a cat on the left of a dog., cat left of 1;dog",
    "A cat on top of a dog., cat above 1;dog",
    "a dog beneath a cat., cat;dog below 0",
    "a cat above a dog and on the right of a car., cat above 1;dog;car left of 0",
    "a cat among dog and car., cat;dog;car",
  })
  void spatialPromptsExpectTheRelationsOfOneObject(String prompt, String expected)
      throws IOException {
    boolean three = prompt.contains("car");
    JsonNode row =
        importJson(
            "spatial.json",
            prompt,
            three ? "[['cat'],['dog'],['car']]" : "[['cat'],['dog']]",
            three ? "[[[0,0,1,1]],[[0,0,1,1]],[[0,0,1,1]]]" : "[[[0,0,1,1]],[[0,0,1,1]]]");

    assertThat(String.join(";", Imports.expected(row))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a car and a dog, the car is bigger than the dog.|car larger than 1;dog;cat;bus",
        "A car and a dog, the car is smaller than the dog|car smaller than 1;dog;cat;bus",
        "a dog which is bigger than a car and smaller than bus."
            + "|car;dog larger than 0;cat;bus larger than 1",
        "a car which is larger than a dog and cat and smaller than bus."
            + "|car larger than 1;dog;cat smaller than 0;bus larger than 0",
        "a car which is larger than a house.|car;dog;cat;bus",
        "a car and a dog of one size.|car;dog;cat;bus"
      })
  void sizePromptsExpectTheRelationsOfOneObject(String prompt, String expected) throws IOException {
    JsonNode row =
        importJson(
            "size_iou_threshold_0.json",
            prompt,
            "[['car'],['dog,'],['cat'],['bus']]",
            "[[[0,0,1,1]],[[0,0,1,1]],[[0,0,1,1]],[[0,0,1,1]]]");

    assertThat(String.join(";", Imports.expected(row))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "two mice and five zebras, mouse 2..2;zebra 5..5",
    "3 black mice near zebras, mouse 3..3;zebra",
  })
  void countingPromptsExpectTheirNumbers(String prompt, String expected) throws IOException {
    JsonNode row =
        importJson("counting.json", prompt, "[['mouse'],['zebra']]", "[[[0,0,1,1]],[[0,0,1,1]]]");

    assertThat(String.join(";", Imports.expected(row))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"4," + TWO_CATS_OF_PROTOCOL_4, "2," + TWO_CATS_OF_PROTOCOL_2})
  void picklesAreReadAsPlainData(int protocol, String hex) throws IOException {
    JsonNode row = imports.run("hrs", pickle("counting_%d.p".formatted(protocol), hex)).get(0);

    assertThat(row.get("prompt").asText()).isEqualTo("two cats.");
    assertThat(Imports.texts(row.get("phrases"))).containsExactly("cats", "cats");
    assertThat(row.get("bboxes").toString())
        .isEqualTo("[[0.0,0.0,0.5,1.0],[0.5859375,0.0,1.0,1.0]]");
    assertThat(Imports.expected(row)).containsExactly("cat 2..2");
    assertThat(imports.summary().clippedBoxes()).isEqualTo(1);
  }

  @Test
  void picklesThatAreMoreThanPlainDataAreRefused() throws IOException {
    List<String> files =
        List.of(
            pickle("function.p", FUNCTION),
            pickle("shared.p", SHARED_LIST),
            pickle("truncated.p", TWO_CATS_OF_PROTOCOL_4.substring(0, 80)),
            pickle("text.p", "2e"),
            pickle("bytes.p", "80027d5801000000ff4b01732e"));

    assertThatThrownBy(() -> imports.run("hrs", files.get(0)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "function.p: it has the pickle operation 0x63 at byte 13; only plain data are read,"
                + " nothing is run");
    assertThatThrownBy(() -> imports.run("hrs", files.get(1)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("shared.p: a list or dict occurs twice");
    assertThatThrownBy(() -> imports.run("hrs", files.get(2)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("truncated.p: the pickle ends too early");
    assertThatThrownBy(() -> imports.run("hrs", files.get(3)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("text.p: it is no pickle, or a broken one");
    assertThatThrownBy(() -> imports.run("hrs", files.get(4)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("bytes.p: it has a text that is not UTF-8");
  }

  @Test
  void listsOfDifferentLengthsAreRefused() {
    assertThatThrownBy(() -> importJson("size.json", "a cat", "[['cat']]", ""))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("size.json, line 1: there are 1 prompts, but 1 sets and 0 boxes");
  }
}
