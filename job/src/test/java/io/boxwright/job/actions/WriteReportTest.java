package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.boxwright.job.evaluation.EvaluationSettings;
import io.boxwright.job.figures.LabelSource;
import io.boxwright.job.figures.LabelTemplate;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.testing.PaintingLoader;
import io.boxwright.testing.SharedSpark;
import io.boxwright.testing.TinyModel;
import io.boxwright.testing.TinyScorers;
import io.boxwright.udf.executor.Detectors;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.commons.io.FileUtils;
import org.apache.commons.lang3.StringUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A report about two runs of six prompts, two a chunk. In the run {@code half}, the circles of rows
 * 0, 2 and 4 are in their boxes; in the run {@code whole}, all are. Row 5 is an error in both.
 */
class WriteReportTest extends SharedSpark {

  private static final String ATTACK = "</script><script>alert(1)</script><img src=x onerror=a()>";
  private static final String DATA = "<script type=\"application/json\" id=\"data\">";

  @TempDir private static Path folder;

  private static String html;
  private static JsonNode page;

  @BeforeAll
  static void makeReport() throws IOException {
    generate("half", "id");
    generate("whole", "2 * id");
    html = write(new WriteReport(spark).runs(List.of(path("half"), path("whole"))).title(ATTACK));
    page = data(html);
  }

  private static void generate(String name, String seed) {
    String prompts = path(name + "-prompts");
    spark
        .sql(
            """
            select if(id = 5, '', concat('a red circle and a blue circle', if(id = 1, '%s', '')))
                prompt, if(id = 1, '%s', string(id)) id, %s seed,
              array(array(0.1D, 0.1D, 0.4D, 0.4D), array(0.5D, 0.5D, 0.9D, 0.9D)) bboxes,
              array('a red circle', 'a blue circle') phrases, if(id < 2, 'few', 'many') category
            from range(0, 6, 1, 1)
            """
                .formatted(ATTACK, ATTACK, seed))
        .write()
        .parquet(prompts);
    generation(prompts, name, "shapes").execute();
    EvaluationSettings settings =
        new EvaluationSettings(
            "7bench",
            Detectors.of("shapes").orElseThrow(),
            null,
            LabelSource.PHRASES,
            LabelTemplate.BARE,
            null,
            2,
            DeviceType.CPU);
    new EvaluateImages(spark, settings).run(path(name)).execute();
  }

  private static GenerateImages generation(String prompts, String name, String detector) {
    GuidedImageGenerator generator =
        new GuidedImageGenerator()
            .setModelUrl(TinyModel.FOLDER.toString())
            .setDeviceType(DeviceType.CPU)
            .setPipelineLoader(new PaintingLoader())
            .setDetector(detector)
            .setBatchSize(2);
    return new GenerateImages(spark, generator).input(prompts).output(path(name)).chunkRows(2);
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  private static String write(WriteReport report) throws IOException {
    Path file = folder.resolve("report.html");
    assertThat(report.output(file.toString()).execute()).isEqualTo(file.toString());
    return Files.readString(file);
  }

  private static JsonNode data(String html) throws IOException {
    return new ObjectMapper().readTree(StringUtils.substringBetween(html, DATA, "</script>"));
  }

  private static JsonNode find(JsonNode list, String key, String value) {
    return StreamSupport.stream(list.spliterator(), false)
        .filter(one -> one.path(key).asText().equals(value))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void damagedEvaluationsAreLeftOutAndALinkKeepsItsFile() throws Exception {
    FileUtils.copyDirectory(folder.resolve("whole").toFile(), folder.resolve("gaps").toFile());
    FileUtils.copyDirectory(folder.resolve("whole").toFile(), folder.resolve("torn").toFile());
    Files.delete(folder.resolve("gaps/evaluations/7bench/images/chunk-00001.parquet"));
    Files.writeString(folder.resolve("torn/evaluations/7bench/evaluation.json"), "{");
    Path target = Files.writeString(folder.resolve("target.html"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.html"), target);

    new WriteReport(spark)
        .runs(List.of(path("gaps"), path("torn")))
        .output(link.toString())
        .execute();

    assertThat(link).isSymbolicLink();
    JsonNode data = data(Files.readString(target));
    assertThat(data.path("figures")).isEmpty();
    assertThat(data.path("runs").path(0).path("notes").toString())
        .contains("The evaluation 7bench is left out: chunks of its table are missing");
    assertThat(data.path("runs").path(1).path("notes").toString())
        .contains("The evaluation 7bench is left out: ", "evaluation.json");
  }

  @Test
  void theOwnScoresOfAnotherDetectorAreNotCompared() throws Exception {
    generation(path("half-prompts"), "owl", TinyScorers.OWL_VIT.toString()).execute();
    FileUtils.copyDirectory(folder.resolve("half").toFile(), folder.resolve("own").toFile());
    FileUtils.deleteDirectory(folder.resolve("own/evaluations").toFile());

    JsonNode data = data(write(new WriteReport(spark).runs(List.of(path("own"), path("owl")))));

    assertThat(find(data.path("histograms"), "score", "IOU").path("runs")).hasSize(1);
    assertThat(data.path("runs").path(1).path("notes").toString())
        .contains("its detector has other settings than that of \\\"own\\\"");
  }

  @Test
  void runsHaveTheirFactsAndFailures() {
    JsonNode run = page.path("runs").path(1);

    assertThat(run.path("name").asText()).isEqualTo("whole");
    assertThat(run.path("state").asText()).isEqualTo("finished");
    assertThat(run.path("images").asInt()).isEqualTo(6);
    assertThat(run.path("failed").asInt()).isEqualTo(1);
    assertThat(run.has("continuation")).isFalse();
    assertThat(run.path("model_hash").asText()).hasSize(64);
    assertThat(run.path("versions").asText()).contains("spark " + spark.version());
    assertThat(run.path("settings").path("guidance").asText()).isEqualTo("paper");
    assertThat(run.path("settings").path("options").path("detector").asText()).isEqualTo("shapes");
    assertThat(run.path("speed").path("images_per_second").asDouble()).isPositive();
    assertThat(run.path("errors").path(0).path("message").asText()).contains("prompt");
    assertThat(find(run.path("means"), "score", "detection.centre_in_box").path("value").asDouble())
        .isEqualTo(1);
  }

  @Test
  void figuresStandSideBySideWithTheDifferenceToTheFirstRun() {
    JsonNode table = find(page.path("figures"), "benchmark", "7bench");
    JsonNode figure = find(table.path("figures"), "name", "accuracy@0.5");

    assertThat(figure.path("cells").path(0).path("value").asDouble()).isEqualTo(0.6);
    assertThat(figure.path("cells").path(1).path("value").asDouble()).isEqualTo(1);
    assertThat(figure.path("cells").path(0).path("images").asInt()).isEqualTo(5);
    JsonNode difference = figure.path("differences").path(0);
    assertThat(difference.path("run").asInt()).isEqualTo(1);
    assertThat(difference.path("value").asDouble()).isCloseTo(0.4, within(1e-9));
    assertThat(difference.path("low").asDouble()).isLessThan(0.4);
    assertThat(difference.path("high").asDouble()).isGreaterThan(0.4);
    assertThat(table.path("figures")).anyMatch(one -> one.path("category").asText().equals("many"));
  }

  @Test
  void scoresAreCountedByRunAndByCategory() {
    JsonNode histogram = find(page.path("histograms"), "score", "IOU");
    JsonNode categories = find(page.path("breakdowns"), "name", "category");

    assertThat(histogram.path("runs")).hasSize(2);
    assertThat(histogram.path("runs").path(0).path("images").asInt()).isEqualTo(5);
    assertThat(histogram.path("runs").path(1).path("mean").asDouble()).isGreaterThan(0.8);
    assertThat(page.path("histograms")).hasSize(1); // painted images have no attention
    assertThat(page.path("scatter")).isEmpty();
    JsonNode few = find(categories.path("groups"), "name", "few").path("cells");
    assertThat(few.path(0).path("means").path("IOU").asDouble())
        .isLessThan(few.path(1).path("means").path("IOU").asDouble());
  }

  @Test
  void fewImagesAreAllShownWithTheBoxesOfBothRuns() {
    JsonNode card = find(page.path("gallery").path("cards"), "id", "3");

    assertThat(page.path("gallery").path("cards")).hasSize(5);
    assertThat(page.path("gallery").path("images").asInt()).isEqualTo(5);
    assertThat(card.path("groups")).isEmpty();
    assertThat(card.path("change").asDouble()).isGreaterThan(0.8);
    assertThat(card.path("pictures")).hasSize(2);
    JsonNode object = card.path("pictures").path(1).path("objects").path(0);
    assertThat(object.path("label").asText()).isEqualTo("a red circle");
    assertThat(object.path("boxes").path(0).path(2).asDouble()).isEqualTo(0.4);
    assertThat(object.path("detected").path(2).asDouble()).isCloseTo(0.4, within(0.05));
    assertThat(card.path("pictures").path(1).path("jpeg").asText()).startsWith("/9j/");
  }

  @Test
  void textsOfPromptsIdsAndTitlesStayTexts() {
    assertThat(page.path("title").asText()).isEqualTo(ATTACK);
    JsonNode card = find(page.path("gallery").path("cards"), "id", ATTACK);
    assertThat(card.path("prompt").asText()).endsWith(ATTACK);
    assertThat(card.path("anchor").asText()).isEqualTo("image-" + ATTACK);

    assertThat(StringUtils.countMatches(html, "<script>alert")).isZero();
    assertThat(StringUtils.countMatches(html, "<img src=x")).isZero();
    assertThat(StringUtils.countMatches(html, "</script>")).isEqualTo(3);
  }

  @Test
  void thePageHasItsLibraryWithItsLicenceAndAsksForNothing() {
    for (String part : List.of("Chart.js v4.4.4", "The MIT License (MIT)", "default-src 'none'")) {
      assertThat(StringUtils.countMatches(html, part)).as(part).isEqualTo(1);
    }
    for (String part : List.of("{{", "sourceMappingURL", "src=\"http", "href=\"http", "url(http")) {
      assertThat(StringUtils.countMatches(html, part)).as(part).isZero();
    }
    assertThat(html.length()).isLessThan(1_000_000);
  }

  @Test
  void anUnfinishedRunIsShownWithItsGapAndWithoutItsEvaluation() throws IOException {
    FileUtils.copyDirectory(folder.resolve("half").toFile(), folder.resolve("part").toFile());
    Files.delete(folder.resolve("part/images/chunk-00001.parquet"));

    JsonNode report = data(write(new WriteReport(spark).runs(List.of(path("part")))));

    JsonNode run = report.path("runs").path(0);
    assertThat(run.path("continuation").asText())
        .contains("&& boxwright generate", "the run has moved");
    assertThat(run.path("done").asInt()).isEqualTo(4);
    assertThat(run.path("notes").path(0).asText())
        .isEqualTo("The evaluation 7bench is of other images than those that are there");
    assertThat(report.path("figures")).isEmpty();
    assertThat(report.path("gallery").path("detections").asText()).contains("column detection");
    assertThat(report.path("gallery").path("cards")).hasSize(3);
  }

  @Test
  void whatIsNoRunIsRefused() {
    assertRefused(List.of(path("nowhere")), "There is no run in " + path("nowhere"));
    assertRefused(
        List.of(path("half"), folder.resolve("whole/../half").toString()), "is named twice");
    assertRefused(
        List.of(path("half/evaluations/7bench")), "is itself an evaluation; name the run");
    assertRefused(List.of(), "1 to 8 runs, not 0");
    assertRefused(Collections.nCopies(9, path("half")), "1 to 8 runs, not 9");
    assertThatThrownBy(
            () ->
                new WriteReport(spark)
                    .runs(List.of(path("half")))
                    .evaluation("coco")
                    .output(path("new.html"))
                    .execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("No run has a finished evaluation coco; there is 7bench");
  }

  private static void assertRefused(List<String> runs, String message) {
    assertThatThrownBy(() -> new WriteReport(spark).runs(runs).output(path("new.html")).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
    assertThat(folder.resolve("new.html")).doesNotExist();
  }

  @Test
  void anOutputThatCannotBeAFileIsRefused() {
    assertOutputRefused(path("no/report.html"), "there is no folder file:" + path("no"));
    assertOutputRefused(folder.toString(), "it is a folder");
    assertOutputRefused("/dev/null", "it is no regular file");
    assertOutputRefused(path("half/report.html"), "it is inside the run " + path("half"));
    assertOutputRefused("unknown://x/y", "unknown");
  }

  private static void assertOutputRefused(String output, String message) {
    assertThatThrownBy(
            () -> new WriteReport(spark).runs(List.of(path("half"))).output(output).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Cannot write")
        .hasMessageContaining(message);
  }
}
