package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.boxwright.job.evaluation.EvaluationRecord;
import io.boxwright.job.evaluation.EvaluationResult;
import io.boxwright.job.evaluation.EvaluationSettings;
import io.boxwright.job.figures.Figure;
import io.boxwright.job.figures.LabelSource;
import io.boxwright.job.figures.LabelTemplate;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.testing.ModelCopy;
import io.boxwright.testing.PaintingLoader;
import io.boxwright.testing.SharedSpark;
import io.boxwright.testing.TinyModel;
import io.boxwright.testing.TinyScorers;
import io.boxwright.udf.executor.DetectorSpec;
import io.boxwright.udf.executor.Detectors;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.executor.TransformersModel;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Evaluations of a run of six images, two a chunk: the circles of rows 0, 2 and 4 are in their
 * boxes, row 5 is an error.
 */
class EvaluateImagesTest extends SharedSpark {

  private static final String PROMPTS =
      "select if(id = 5, '', 'a red circle and a blue circle') prompt, string(id) id, id seed,"
          + " array(array(0.1D, 0.1D, 0.4D, 0.4D), array(0.5D, 0.5D, 0.9D, 0.9D)) bboxes,"
          + " array('a red circle', 'a blue circle') phrases,"
          + " if(id < 2, 'few', 'many') category,"
          + " array(named_struct('label', 'a red circle', 'min_count', 1, 'max_count',"
          + "   cast(null as int), 'color', cast(null as string), 'relation', 'left of',"
          + "   'relative_to', 1),"
          + " named_struct('label', 'a blue circle', 'min_count', 1, 'max_count',"
          + "   cast(null as int), 'color', cast(null as string), 'relation',"
          + "   cast(null as string), 'relative_to', cast(null as int))) expected"
          + " from range(0, 6, 1, 1)";

  @TempDir private static Path made;

  @TempDir private Path folder;

  @BeforeAll
  static void generate() {
    spark.sql(PROMPTS).write().parquet(made.resolve("prompts").toString());
    generation(made).execute();
  }

  @BeforeEach
  void copyRun() throws IOException {
    FileUtils.copyDirectory(made.resolve("out").toFile(), folder.resolve("out").toFile());
  }

  private static GenerateImages generation(Path folder) {
    GuidedImageGenerator generator =
        new GuidedImageGenerator()
            .setModelUrl(TinyModel.FOLDER.toString())
            .setDeviceType(DeviceType.CPU)
            .setPipelineLoader(new PaintingLoader())
            .setDetector("shapes")
            .setBatchSize(2);
    return new GenerateImages(spark, generator)
        .input(made.resolve("prompts").toString())
        .output(folder.resolve("out").toString())
        .chunkRows(2)
        .command("the command");
  }

  private static EvaluationSettings settings(String benchmark, LabelSource source) {
    return new EvaluationSettings(
        benchmark,
        Detectors.of("shapes").orElseThrow(),
        null,
        source,
        LabelTemplate.BARE,
        null,
        2,
        DeviceType.CPU);
  }

  /** OWL-ViT and CLIP, as the driver finds their folders now. */
  private EvaluationSettings settings(Path owlVit, Path clip) {
    DetectorSpec detector = Detectors.of(owlVit.toString()).orElseThrow().withThreshold(0);
    Path cache = folder.resolve("cache");
    return new EvaluationSettings(
        "7bench",
        detector,
        TransformersModel.of(owlVit, cache),
        LabelSource.PHRASES,
        new LabelTemplate("a photo of {a}"),
        TransformersModel.of(clip, cache),
        2,
        DeviceType.CPU);
  }

  private EvaluateImages evaluationWith(EvaluationSettings settings) {
    return new EvaluateImages(spark, settings)
        .run(folder.resolve("out").toString())
        .command("the evaluation");
  }

  private EvaluateImages evaluation(String benchmark) {
    return evaluationWith(settings(benchmark, LabelSource.PHRASES));
  }

  private List<Row> rows(String name) {
    return spark
        .read()
        .parquet(folder.resolve("out/evaluations/" + name + "/images").toString())
        .orderBy("id")
        .collectAsList();
  }

  private Map<String, byte[]> chunks(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("out/evaluations/" + name + "/images"))) {
      Map<String, byte[]> bytes = new TreeMap<>();
      for (Path file : files.filter(file -> file.toString().endsWith(".parquet")).toList()) {
        bytes.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
      return bytes;
    }
  }

  private static Map<String, Double> figures(EvaluationResult result, String benchmark) {
    return result.record().benchmarks().stream()
        .filter(figures -> figures.benchmark().equals(benchmark))
        .flatMap(figures -> figures.figures().stream())
        .filter(figure -> figure.category() == null)
        .collect(Collectors.toMap(Figure::name, Figure::value));
  }

  @Test
  void everyImageHasARowWithTheNumbersOfTheColumnDetection() {
    EvaluationResult result = evaluation(null).execute();

    List<Row> rows = rows("shapes");
    List<Row> images =
        spark
            .read()
            .parquet(folder.resolve("out/images").toString())
            .orderBy("id")
            .select("id", "status", "error", "objects")
            .collectAsList();
    assertThat(rows).hasSize(6);
    for (int i = 0; i < 6; i++) {
      Row row = rows.get(i);
      assertThat(row.<String>getAs("id")).isEqualTo(images.get(i).getString(0));
      assertThat(row.<String>getAs("status")).isEqualTo(images.get(i).getString(1));
      assertThat(row.<String>getAs("error")).isEqualTo(images.get(i).getString(2));
      if (!images.get(i).isNullAt(3)) {
        List<Row> objects = row.getList(row.fieldIndex("objects"));
        List<Row> generated = images.get(i).getList(3);
        for (int j = 0; j < 2; j++) {
          Row detection = generated.get(j).getAs("detection");
          for (String number : List.of("found", "right", "centre_in_box")) {
            assertThat(objects.get(j).<Double>getAs(number))
                .as("%s of object %d of image %d", number, j, i)
                .isEqualTo(detection.<Double>getAs(number));
          }
          assertThat(objects.get(j).<Row>getAs("best_score").<Double>getAs("iou"))
              .isEqualTo(detection.<Double>getAs("iou"));
        }
      }
    }
    assertThat(rows.get(5).isNullAt(rows.get(5).fieldIndex("detections"))).isTrue();
    assertThat(result.record().images()).isEqualTo(6);
    assertThat(result.record().failed()).isEqualTo(1);
    assertThat(result.figures()).endsWith("out/evaluations/shapes/evaluation.json");
  }

  @Test
  void theFiguresAreOfTheImagesThatWereMade() {
    EvaluationResult result = evaluation("7bench").execute();

    assertThat(figures(result, "7bench")).containsEntry("accuracy@0.5", 0.6);
    assertThat(figures(result, "coco-ap").get("AP50")).isCloseTo(0.6, within(0.2));
    List<String> categories =
        result.record().benchmarks().get(0).figures().stream()
            .map(Figure::category)
            .distinct()
            .toList();
    assertThat(categories).containsExactly(null, "few", "many");
  }

  @Test
  void aBenchmarkOfExpectationsJudgesTheRelation() {
    EvaluationResult result = evaluationWith(settings("visor", LabelSource.EXPECTATIONS)).execute();

    assertThat(figures(result, "visor"))
        .containsEntry("OA", 100.0)
        .containsEntry("VISOR_uncond", 60.0);
    List<Row> rows = rows("visor");
    assertThat(rows)
        .extracting(row -> row.<Boolean>getAs("right"))
        .containsExactly(true, false, true, false, true, null);
    assertThat(rows.get(1).<String, Double>getJavaMap(rows.get(1).fieldIndex("outcome")))
        .isEqualTo(Map.of("both_found", 1.0, "right", 0.0));
    assertThat(rows.get(5).isNullAt(rows.get(5).fieldIndex("outcome"))).isTrue();
  }

  @Test
  void anEvaluationThatWasCutOffGoesOnToTheSameBytes() throws IOException {
    EvaluationRecord undisturbed = evaluation("7bench").execute().record();
    Map<String, byte[]> before = chunks("7bench");
    Path output = folder.resolve("out/evaluations/7bench");
    Files.delete(output.resolve("images/chunk-00001.parquet"));
    Files.delete(output.resolve("evaluation.json"));

    EvaluationResult result = evaluation("7bench").execute();

    assertThat(result.record()).isEqualTo(undisturbed);
    assertThat(output.resolve("evaluation.json")).exists();
    Map<String, byte[]> after = chunks("7bench");
    assertThat(after).hasSize(3);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    after.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(before.get(name)));
  }

  @Test
  void owlVitAndClipFillTheirColumnsWithTheSameBytesEachTime() throws IOException {
    EvaluationSettings settings = settings(TinyScorers.OWL_VIT, TinyScorers.CLIP);

    EvaluationResult result = evaluationWith(settings).execute();

    List<Row> rows = rows("7bench");
    for (Row row : rows.subList(0, 5)) {
      List<Row> detections = row.getList(row.fieldIndex("detections"));
      assertThat(detections)
          .extracting(found -> found.<String>getAs("label"))
          .containsOnly("a red circle", "a blue circle");
      assertThat(detections)
          .allSatisfy(
              found -> {
                assertThat(found.<String>getAs("seen_as")).isEqualTo(found.getAs("label"));
                assertThat(found.<Double>getAs("score")).isBetween(0.0, 1.0);
              });
      assertThat(row.<Double>getAs("clip_score")).isBetween(0.0, 100.0);
      List<Row> objects = row.getList(row.fieldIndex("objects"));
      for (Row object : objects) {
        assertThat(object.<Row>getAs("best_score").<Double>getAs("score")).isPositive();
        assertThat(object.<Double>getAs("iou"))
            .isGreaterThanOrEqualTo(object.<Row>getAs("best_score").<Double>getAs("iou"));
        assertThat(object.<Double>getList(object.fieldIndex("clip_scores"))).hasSize(1);
      }
    }
    assertThat(rows.get(5).<String>getAs("status")).isEqualTo("error");
    assertThat(rows.get(5).isNullAt(rows.get(5).fieldIndex("clip_score"))).isTrue();
    assertThat(figures(result, "7bench")).containsKeys("accuracy@0.5", "mean_iou");
    assertThat(figures(result, "coco-ap")).containsKeys("AP");
    assertThat(figures(result, "clip").get("clip_score"))
        .isEqualTo(
            rows.subList(0, 5).stream()
                .mapToDouble(row -> row.<Double>getAs("clip_score"))
                .average()
                .orElseThrow(),
            within(1e-9));

    Map<String, byte[]> before = chunks("7bench");
    evaluationWith(settings).name("again").execute();
    Map<String, byte[]> after = chunks("again");
    assertThat(after.keySet()).hasSize(3).isEqualTo(before.keySet());
    after.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(before.get(name)));
    assertThat(folder.resolve("out/evaluations/again/evaluation.json"))
        .hasSameBinaryContentAs(folder.resolve("out/evaluations/7bench/evaluation.json"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"owlvit", "clip"})
  void aFolderThatIsNotTheDriversEndsTheJobInOneLine(String changed) throws IOException {
    Path owlVit = ModelCopy.of(TinyScorers.OWL_VIT, folder.resolve("owlvit")).folder();
    Path clip = ModelCopy.of(TinyScorers.CLIP, folder.resolve("clip")).folder();
    EvaluationSettings settings = settings(owlVit, clip);
    Path weights = folder.resolve(changed).resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);

    assertThatThrownBy(() -> evaluationWith(settings).execute())
        .isInstanceOf(JobFailedException.class)
        .hasMessageStartingWith(
            "Cannot evaluate the images: Cannot load %s on host ", weights.getParent())
        .hasMessageContaining(
            ", which has another model than the driver found: in %s, model.safetensors: sha256 ",
            weights.getParent())
        .hasMessageEndingWith("Finished chunks stay: 0 of 3; to go on: the evaluation")
        .hasMessageNotContaining("\n");
  }

  private List<String> verify(String folderName) {
    return new VerifyImages(spark).execute(folder.resolve(folderName).toString()).problems();
  }

  @Test
  void verifyFindsAFlippedBitLostFiguresAndImagesThatWereReplaced() throws IOException {
    evaluation("7bench").execute();
    assertThat(verify("out")).isEmpty();
    assertThat(verify("out/evaluations/7bench")).isEmpty();

    Path chunk = folder.resolve("out/evaluations/7bench/images/chunk-00001.parquet");
    byte[] bytes = Files.readAllBytes(chunk);
    bytes[bytes.length / 2] ^= 1;
    Files.write(chunk, bytes);
    Files.delete(folder.resolve("out/evaluations/7bench/evaluation.json"));
    Files.delete(folder.resolve("out/images/chunk-00002.parquet"));
    generation(folder).execute(); // which takes another time

    assertThat(verify("out/evaluations/7bench"))
        .contains(
            "the file of figures, evaluation.json, is missing",
            "The images in %s are not those that were evaluated"
                .formatted(folder.resolve("out").toUri().getPath().replaceAll("/$", "")))
        .anyMatch(problem -> problem.contains("chunk-00001.parquet"))
        .noneMatch(problem -> problem.contains("chunk-00000.parquet"));
  }

  @Test
  void anEvaluationOfOtherSettingsOrImagesIsRefused() throws IOException {
    evaluation("7bench").execute();

    assertThatThrownBy(
            () ->
                evaluationWith(settings("visor", LabelSource.EXPECTATIONS))
                    .name("7bench")
                    .execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("benchmark is 7bench there, visor here");

    Files.delete(folder.resolve("out/images/chunk-00001.parquet"));
    generation(folder).execute(); // which takes another time
    assertThatThrownBy(() -> evaluation("7bench").execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("have changed since")
        .hasMessageContaining("chunk-00001.parquet is another one. ");

    assertThat(evaluation("7bench").existing(ExistingOutput.OVERWRITE).execute().record().images())
        .isEqualTo(6);
  }

  @Test
  void aRunThatIsNotFinishedIsRefused() throws IOException {
    Files.delete(folder.resolve("out/images/chunk-00001.parquet"));

    assertThatThrownBy(() -> evaluation("7bench").execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("chunks are missing: 1 of 3")
        .hasMessageContaining("&& the command (the run has moved: ");
    assertThatThrownBy(() -> evaluation("7bench").run(folder.toString()).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("There is no run in");
  }

  @Test
  void namesOfOtherFoldersAreRefused() {
    assertThatThrownBy(() -> evaluation("7bench").name("../images").execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Invalid name of an evaluation: ../images");
  }
}
