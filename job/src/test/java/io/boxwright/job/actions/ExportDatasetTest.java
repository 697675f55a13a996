package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.boxwright.job.exporting.BoxSource;
import io.boxwright.job.exporting.ExportResult;
import io.boxwright.job.exporting.ExportSettings;
import io.boxwright.job.exporting.LabelMap;
import io.boxwright.job.exporting.MissingClasses;
import io.boxwright.job.exporting.Splits;
import io.boxwright.job.exporting.Treatment;
import io.boxwright.testing.PaintingLoader;
import io.boxwright.testing.SharedSpark;
import io.boxwright.testing.TinyModel;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
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

  @BeforeAll
  static void generate() {
    spark.sql(PROMPTS).write().parquet(made.resolve("prompts").toString());
    GuidedImageGenerator generator =
        new GuidedImageGenerator()
            .setModelUrl(TinyModel.FOLDER.toString())
            .setDeviceType(DeviceType.CPU)
            .setPipelineLoader(new PaintingLoader())
            .setDetector("shapes")
            .setBatchSize(2);
    new GenerateImages(spark, generator)
        .input(made.resolve("prompts").toString())
        .output(made.resolve("out").toString())
        .chunkRows(2)
        .command("the command")
        .execute();
  }

  private static ExportSettings settings(String format) {
    return new ExportSettings(
        format,
        LabelMap.PHRASES,
        MissingClasses.STOP,
        BoxSource.REQUESTED,
        null,
        0.5,
        Treatment.KEEP,
        Treatment.KEEP,
        Splits.ONE,
        null,
        null,
        null,
        Treatment.KEEP,
        4,
        3,
        null);
  }

  private ExportDataset export(ExportSettings settings, String output) {
    return new ExportDataset(spark, settings)
        .runs(List.of(made.resolve("out").toString()))
        .output(folder.resolve(output).toString())
        .command("the export");
  }

  private Map<String, byte[]> files(String output) throws IOException {
    Path root = folder.resolve(output);
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path file : paths.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static void assertSame(Map<String, byte[]> files, Map<String, byte[]> others) {
    assertThat(files.keySet()).isEqualTo(others.keySet());
    files.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(others.get(name)));
  }

  private JsonNode json(String output, String name) throws IOException {
    return JSON.readTree(folder.resolve(output).resolve(name).toFile());
  }

  @Test
  void cocoHasTheBoxesInPixelsAndTheImagesAsTheyWere() throws IOException {
    ExportResult result = export(settings("coco"), "coco").execute();

    assertThat(result.images()).isEqualTo(6);
    JsonNode coco = json("coco", "annotations/instances_train.json");
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
    byte[] png =
        spark
            .read()
            .parquet(made.resolve("out/images").toString())
            .filter("id = '0'")
            .select("image.bytes")
            .head()
            .getAs(0);
    assertThat(Files.readAllBytes(folder.resolve("coco/images/train/0_0.png"))).isEqualTo(png);
  }

  @Test
  void anExportThatWasCutOffGoesOnToTheSameBytes() throws IOException {
    export(settings("coco"), "coco").execute();
    Map<String, byte[]> undisturbed = files("coco");
    Files.delete(folder.resolve("coco/README.md"));
    Files.delete(folder.resolve("coco/annotations/instances_train.json"));
    Files.delete(folder.resolve("coco/images/train/3_0.png"));

    ExportResult again = export(settings("coco"), "coco").execute();

    assertThat(again.written()).isEqualTo(1);
    assertSame(files("coco"), undisturbed);
    ExportResult finished = export(settings("coco"), "coco").execute();
    assertThat(finished.written() + finished.descriptions()).isZero();
  }
}
