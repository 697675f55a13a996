package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.boxwright.job.evaluation.EvaluationSettings;
import io.boxwright.job.exporting.BestImages;
import io.boxwright.job.exporting.BoxSource;
import io.boxwright.job.exporting.ExportResult;
import io.boxwright.job.exporting.LabelMap;
import io.boxwright.job.exporting.MissingClasses;
import io.boxwright.job.exporting.Splits;
import io.boxwright.job.exporting.Treatment;
import io.boxwright.job.figures.LabelSource;
import io.boxwright.job.figures.LabelTemplate;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.testing.PaintingLoader;
import io.boxwright.testing.SharedSpark;
import io.boxwright.testing.TinyModel;
import io.boxwright.udf.executor.Detectors;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Exports of a run of seven images, two a chunk. Images 0 and 1 have one prompt, 2 and 3 another; 4
 * has no boxes, 5 has one box for two circles, and 6 was not made. Those of odd numbers have their
 * circles elsewhere than in their boxes.
 */
class ExportDatasetTest extends SharedSpark {

  private static final String PROMPTS =
      "select case when id = 6 then '' when id < 2 then 'a red circle and a blue circle'"
          + " when id < 4 then 'a blue circle and a red circle'"
          + " when id = 4 then 'a gray wall' else 'two red circles' end prompt,"
          + " string(id) id, id seed,"
          + " case when id < 4 then array(array(0.1D, 0.1D, 0.4D, 0.4D),"
          + "   array(0.5D, 0.5D, 0.9D, 0.9D))"
          + " when id = 5 then array(array(0.0D, 0.0D, 0.25D, 0.5D)) end bboxes,"
          + " case when id < 4 then array('a red circle', 'a blue circle')"
          + " when id = 5 then array('two red circles') end phrases"
          + " from range(0, 7, 1, 1)";

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path made;

  @TempDir private Path folder;
  private ExportedFiles data;

  @BeforeEach
  void nameData() {
    data = new ExportedFiles(folder.resolve("data"));
  }

  @BeforeAll
  static void generateAndEvaluate() {
    generate(made, PROMPTS);
    evaluation(made).execute();
  }

  /** Makes a run in {@code out} of a folder. */
  private static void generate(Path folder, String prompts) {
    spark.sql(prompts).write().parquet(folder.resolve("prompts").toString());
    GuidedImageGenerator generator =
        new GuidedImageGenerator()
            .setModelUrl(TinyModel.FOLDER.toString())
            .setDeviceType(DeviceType.CPU)
            .setPipelineLoader(new PaintingLoader())
            .setDetector("shapes")
            .setBatchSize(2);
    new GenerateImages(spark, generator)
        .input(folder.resolve("prompts").toString())
        .output(folder.resolve("out").toString())
        .chunkRows(2)
        .command("the command")
        .execute();
  }

  private static EvaluateImages evaluation(Path folder) {
    return new EvaluateImages(
            spark,
            new EvaluationSettings(
                null,
                Detectors.of("shapes").orElseThrow(),
                null,
                LabelSource.PHRASES,
                LabelTemplate.BARE,
                null,
                2,
                DeviceType.CPU))
        .run(folder.resolve("out").toString());
  }

  private ExportDataset export(ExportChoice choice) {
    return new ExportDataset(spark, choice.settings())
        .runs(List.of(made.resolve("out").toString()))
        .output(data.root().toString())
        .command("the export");
  }

  /** Returns the names of the images of an export to COCO. */
  private List<String> export(String format, Consumer<ExportChoice> change) throws IOException {
    FileUtils.deleteDirectory(data.root().toFile());
    export(ExportChoice.of(format, change)).execute();
    return data.coco("train").get("images").findValuesAsText("file_name");
  }

  private static byte[] pixels(String id) {
    return spark
        .read()
        .parquet(made.resolve("out/images").toString())
        .filter("id = '%s'".formatted(id))
        .select("image.bytes")
        .head()
        .getAs(0);
  }

  @Test
  void cocoHasTheBoxesInPixelsAndTheImagesAsTheyWere() throws IOException {
    ExportResult result =
        export(ExportChoice.of("coco", choice -> choice.license = "CC0-1.0")).execute();

    assertThat(result.images()).isEqualTo(6);
    JsonNode coco = data.coco("train");
    assertThat(coco.get("categories").findValuesAsText("name"))
        .containsExactly("blue circle", "red circle");
    assertThat(coco.get("images")).hasSize(6);
    JsonNode first = coco.get("images").get(0);
    assertThat(first.get("file_name").asText()).isEqualTo("0_0.png");
    assertThat(first.get("prompt").asText()).isEqualTo("a red circle and a blue circle");
    assertThat(coco.get("annotations")).hasSize(9);
    assertThat(coco.get("annotations").get(0).get("bbox").toString())
        .isEqualTo("[6.4,6.4,19.2,19.2]");
    assertThat(coco.get("annotations").get(0).get("category_id").asInt()).isEqualTo(2);
    assertThat(coco.get("annotations").get(8).get("iscrowd").asInt()).isEqualTo(1);
    assertThat(coco.get("licenses").get(0).get("name").asText()).isEqualTo("CC0-1.0");
    assertThat(coco.get("info").get("runs").get(0).get("model").asText()).isNotEmpty();
    assertThat(Files.readAllBytes(data.file("images/train/0_0.png"))).isEqualTo(pixels("0"));
    assertThat(data.text("README.md"))
        .contains("Licence: CC0-1.0", "| 1 | not made |", "| red circle | 5 | 5 | 5 |");
    assertThat(data.file("contact-sheet.png")).isNotEmptyFile();
  }

  @Test
  void yoloHasCentresAndAnEmptyFileForNoBoxes() throws IOException {
    export(ExportChoice.of("yolo", choice -> choice.split = Splits.parse("train=0.5,val=0.5")))
        .execute();

    Map<String, byte[]> files = data.files();
    String labels =
        files.keySet().stream().filter(name -> name.matches("labels/.*/0_0.txt")).findAny().get();
    assertThat(data.text(labels))
        .isEqualTo(
            "1 0.25000000 0.25000000 0.30000000 0.30000000\n"
                + "0 0.70000000 0.70000000 0.40000000 0.40000000\n");
    assertThat(files.get(labels.replace("0_0", "4_0").replaceFirst("train|val", data.splitOf("4"))))
        .isEmpty();
    assertThat(files).containsKey(labels.replace("labels", "images").replace("txt", "png"));
    assertThat(data.text("data.yaml"))
        .contains("train: images/", "val: images/", "  0: \"blue circle\"\n  1: \"red circle\"\n");
  }

  @Test
  void vocCountsPixelsFromOneAndGoesOnWhenItWasCutOff() throws IOException {
    export(ExportChoice.of("voc")).execute();

    assertThat(data.text("Annotations/0_0.xml"))
        .contains("<bndbox><xmin>7</xmin><ymin>7</ymin><xmax>26</xmax><ymax>26</ymax></bndbox>")
        .contains("<name>red circle</name>", "<seed>0</seed>", "<license>not stated</license>");
    assertThat(data.text("ImageSets/Main/train.txt")).isEqualTo("0_0\n1_0\n2_0\n3_0\n4_0\n5_0\n");
    assertThat(Files.readAllBytes(data.file("JPEGImages/0_0.png"))).isEqualTo(pixels("0"));

    Map<String, byte[]> undisturbed = data.files();
    Files.delete(data.file("README.md"));
    Files.delete(data.file("JPEGImages/3_0.png"));
    Files.createDirectory(data.file("_staging"));
    Files.createFile(data.file("_staging/0.png.01234567-0123-0123-0123-0123456789ab"));

    assertThat(export(ExportChoice.of("voc")).execute().written()).isEqualTo(1);
    data.assertSame(undisturbed);

    ExportResult finished = export(ExportChoice.of("voc")).execute();
    assertThat(finished.written() + finished.descriptions()).isZero();
    assertRefused(
        export(ExportChoice.of("voc", choice -> choice.where = "seed > 0")),
        "holds another export: where is not set there, seed > 0 here");
    data.assertSame(undisturbed);
  }

  @Test
  void webDatasetHasTarFilesOfAGivenSizeAndWritesMissingOnes() throws IOException {
    export(ExportChoice.of("webdataset")).execute();

    Map<String, byte[]> undisturbed = data.files();
    assertThat(undisturbed).containsKeys("train/00000.tar", "train/00001.tar");
    Map<String, byte[]> first = data.untar("train/00000.tar");
    assertThat(first.keySet())
        .hasSize(12)
        .startsWith("000000001.png", "000000001.json", "000000001.txt", "000000002.png");
    assertThat(first.get("000000001.png")).isEqualTo(pixels("0"));
    assertThat(new String(first.get("000000001.txt"), StandardCharsets.UTF_8))
        .isEqualTo("a red circle and a blue circle");
    JsonNode box = JSON.readTree(first.get("000000001.json")).get("objects").get(1);
    assertThat(box.get("category").asText()).isEqualTo("blue circle");
    assertThat(box.get("bbox").toString()).isEqualTo("[32.0,32.0,25.6,25.6]");
    assertThat(data.untar("train/00001.tar")).hasSize(6);

    Files.delete(data.file("train/00001.tar"));
    assertThat(export(ExportChoice.of("webdataset")).execute().written()).isEqualTo(2);
    data.assertSame(undisturbed);
  }

  @Test
  void imageFolderHasALineForEachImage() throws IOException {
    export(ExportChoice.of("imagefolder")).execute();

    List<String> lines = data.text("train/metadata.jsonl").lines().toList();
    assertThat(lines).hasSize(6);
    JsonNode first = JSON.readTree(lines.get(0));
    assertThat(first.get("file_name").asText()).isEqualTo("0_0.png");
    assertThat(first.get("text").asText()).isEqualTo("a red circle and a blue circle");
    assertThat(first.get("objects").get("bbox").toString())
        .isEqualTo("[[6.4,6.4,19.2,19.2],[32.0,32.0,25.6,25.6]]");
    assertThat(data.text("README.md"))
        .startsWith("---\n")
        .contains("  - split: train\n    path: train/**");
    assertThat(data.file("train/0_0.png")).exists();
  }

  @Test
  void imagesOfTwoRunsAreToldApartAndThoseOfAPromptShareASplit() throws IOException {
    FileUtils.copyDirectory(made.resolve("out").toFile(), folder.resolve("copy").toFile());
    ExportResult result =
        export(ExportChoice.of("coco", choice -> choice.split = Splits.parse("a=0.4,b=0.6")))
            .runs(List.of(made.resolve("out").toString(), folder.resolve("copy").toString()))
            .execute();

    assertThat(result.images()).isEqualTo(12);
    assertThat(data.splitOf("1-0")).isEqualTo(data.splitOf("1-1")).isEqualTo(data.splitOf("2-0"));
    assertThat(data.splitOf("1-2")).isEqualTo(data.splitOf("1-3")).isEqualTo(data.splitOf("2-2"));
    List<String> runs = new ArrayList<>();
    List<String> numbers = new ArrayList<>();
    for (String split : List.of("a", "b")) {
      runs.addAll(data.coco(split).get("images").findValuesAsText("run"));
      numbers.addAll(data.coco(split).get("annotations").findValuesAsText("id"));
    }
    assertThat(runs).hasSize(12).contains("out", "copy");
    assertThat(numbers).hasSize(18).doesNotHaveDuplicates();
  }

  @Test
  void conditionsAndDetectedBoxesAreThoseOfTheEvaluation() throws IOException {
    assertThat(
            export(
                "coco",
                choice -> {
                  choice.boxes = BoxSource.DETECTED;
                  choice.evaluation = "shapes";
                  choice.where = "evaluation.score > 0.5 and detection.iou > 0.5 or seed = 1";
                }))
        .containsExactly("0_0.png", "1_0.png", "2_0.png");
    assertThat(data.text("README.md")).contains("| 3 | refused by --where |");
    JsonNode box = data.coco("train").get("annotations").get(2);
    assertThat(box.get("image_id").asInt()).isEqualTo(2);
    assertThat(box.get("detector_score").asDouble()).isGreaterThan(0);
    // Image 1 is mirrored: its red circle is at 0.6 to 0.9.
    double left =
        Stream.of(box, data.coco("train").get("annotations").get(3))
            .filter(found -> found.get("category_id").asInt() == 2)
            .findAny()
            .get()
            .get("bbox")
            .get(0)
            .asDouble();
    assertThat(left).isCloseTo(0.6 * 64, within(2.0));
  }

  @Test
  void theBestImagesOfAPromptStayUntilAClassIsFull() throws IOException {
    assertThat(
            export(
                "coco",
                choice -> {
                  choice.best = new BestImages(1, "seed % 4");
                  choice.maxPerClass = 2;
                }))
        .containsExactly("1_0.png", "3_0.png", "4_0.png");
    assertThat(data.text("README.md"))
        .contains("| 2 | not among the best of their prompt |")
        .contains("| 1 | with a class that has --max-per-class boxes |");
  }

  @Test
  void imagesThatLookLikeOthersOfTheirPromptGo() throws IOException {
    // 0 and 1 are mirrored, so they look different; a second run has each image again.
    FileUtils.copyDirectory(made.resolve("out").toFile(), folder.resolve("copy").toFile());
    export(ExportChoice.of("coco", choice -> choice.duplicates = Treatment.DROP))
        .runs(List.of(made.resolve("out").toString(), folder.resolve("copy").toString()))
        .execute();

    assertThat(data.coco("train").get("images").findValuesAsText("file_name"))
        .containsExactly(
            "1-0_0.png", "1-1_0.png", "1-2_0.png", "1-3_0.png", "1-4_0.png", "1-5_0.png");
    assertThat(data.text("README.md"))
        .contains("| 6 | near duplicates of another image of their prompt |");
  }

  @Test
  void aLabelMapNamesTheClasses() throws IOException {
    LabelMap map = new LabelMap("map.json", Map.of("red circle", "disc"));

    assertThatThrownBy(() -> export("coco", choice -> choice.labels = map))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("map.json has no class for 1 phrase: 'a blue circle'")
        .hasMessageContaining("--missing-classes drop");
    assertThat(data.file("_selection.jsonl")).doesNotExist();

    export(
        "coco",
        choice -> {
          choice.labels = map;
          choice.missing = MissingClasses.DROP;
        });
    assertThat(data.coco("train").get("categories").findValuesAsText("name"))
        .containsExactly("disc");
    assertThat(data.coco("train").get("annotations")).hasSize(5);
    assertThat(data.text("README.md")).contains("4 boxes are left out");
  }

  @Test
  void whatCannotBeExportedIsRefused() throws IOException {
    assertRefused(
        export(ExportChoice.of("coco", choice -> choice.where = "sead > 3")), "sead", "--where");
    assertRefused(export(ExportChoice.of("coco", choice -> choice.where = "seed >")), "--where");
    assertRefused(
        export(ExportChoice.of("coco", choice -> choice.where = "seed")), "it must be a condition");
    for (String sql :
        List.of("max(seed) > 3", "row_number() over (order by seed) < 3", "explode(array(true))")) {
      assertRefused(export(ExportChoice.of("coco", choice -> choice.where = sql)), "--where");
    }
    assertRefused(
        export(ExportChoice.of("coco", choice -> choice.where = "rand() < 0.5")),
        "gives another result each time");
    assertRefused(
        export(ExportChoice.of("coco", choice -> choice.where = "evaluation.score > 0")),
        "columns of an evaluation need --evaluation NAME");
    assertRefused(
        export(ExportChoice.of("coco", choice -> choice.best = new BestImages(1, "prompt"))),
        "it must be a number");
    assertRefused(
        export(ExportChoice.of("coco", choice -> choice.where = "seed > 99")),
        "No image is left to export: 1 not made, 6 refused by --where");
    assertRefused(
        export(ExportChoice.of("coco", choice -> choice.evaluation = "owl")),
        "has no evaluation owl");
    for (String name : List.of("", "../x")) {
      assertRefused(
          export(ExportChoice.of("coco", choice -> choice.evaluation = name)),
          "Invalid name of an evaluation: ");
    }
    assertRefused(
        export(ExportChoice.of("coco")).runs(List.of(folder.resolve("none").toString())),
        "There is no run in");
    assertRefused(
        export(ExportChoice.of("coco")).output(made.resolve("out/data").toString()),
        "it lies in the folder of the run");
    String run = made.resolve("out").toString();
    assertRefused(export(ExportChoice.of("coco")).runs(List.of(run, run + "/.")), "is named twice");
    assertRefused(
        export(ExportChoice.of("coco")).runs(List.of(run + "/evaluations/shapes")),
        "itself an evaluation");
    Files.createDirectories(data.file("mine"));
    assertRefused(export(ExportChoice.of("coco")), "it holds mine; empty it or name another");
  }

  @Test
  void sqlThatFailsAtTheValueOfARowIsNamed() {
    assertRefused(
        export(
            ExportChoice.of(
                "coco", choice -> choice.where = "if(seed = 3, raise_error('no three'), true)")),
        "Invalid --where: 'if(seed = 3, raise_error('no three'), true)' fails for an image of out:"
            + " ",
        "no three");
    assertRefused(
        export(
            ExportChoice.of(
                "coco",
                choice -> choice.best = new BestImages(1, "1 / assert_true(seed < 3, prompt)"))),
        "--by");
    for (String pattern : List.of("prompt rlike '('", "'a cat' rlike '('")) {
      assertRefused(
          export(ExportChoice.of("coco", choice -> choice.where = pattern)), "--where", "'('");
    }
    assertThat(data.file("README.md")).doesNotExist();
  }

  private static void assertRefused(ExportDataset export, String... messages) {
    assertThatThrownBy(export::execute)
        .isInstanceOf(InvalidInputException.class)
        .message()
        .hasLineCount(1)
        .contains(messages);
  }

  @Test
  void aRunThatIsNotFinishedIsRefused() throws IOException {
    FileUtils.copyDirectory(made.resolve("out").toFile(), folder.resolve("out").toFile());
    Files.delete(folder.resolve("out/images/chunk-00001.parquet"));

    assertRefused(
        export(ExportChoice.of("coco")).runs(List.of(folder.resolve("out").toString())),
        "chunks are missing: 1 of 4",
        "To go on with it: cd ",
        "the command (the run has moved: ");
    assertThat(data.root()).doesNotExist();
  }

  @Test
  void anEvaluationOfOtherImagesIsRefused() throws IOException {
    generate(folder, "select 'a red circle' prompt, 'other' id");
    FileUtils.copyDirectory(
        made.resolve("out/evaluations").toFile(), folder.resolve("out/evaluations").toFile());

    assertRefused(
        export(ExportChoice.of("coco", choice -> choice.evaluation = "shapes"))
            .runs(List.of(folder.resolve("out").toString())),
        "have changed since",
        "evaluate them again");
  }
}
