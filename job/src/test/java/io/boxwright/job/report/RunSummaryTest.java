package io.boxwright.job.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.scores.ScoreGroup;
import io.boxwright.diffusion.scores.ScoreLabel;
import io.boxwright.testing.SharedSpark;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class RunSummaryTest extends SharedSpark {

  /** Three rows: two with a layout, the second of which the detector did not know. */
  private static final String TABLE =
      """
      select 'ok' status, string(null) error, array() warnings, DETECTION
        case when id < 2 then
          struct(struct(0.5D in_box_mass, 2D lift, 0.1D iou, 1D pointing, 0D leakage) guided,
                 struct(id * 0.5D in_box_mass, 1D lift, 0.1D iou, 1D pointing, 0D leakage) held_out)
        end adherence
      from range(3)
      """;

  private static final String DETECTION =
      "case when id = 0 then struct(1D found, 0.5D right, 0.25D centre_in_box, 0.125D iou,"
          + " 0D all_right) end detection,";

  private static RunSummary summary(String detection) {
    return RunSummary.of(spark.sql(TABLE.replace("DETECTION", detection)));
  }

  private static List<String> report(RunSummary summary) {
    return report(summary, summary.images() - summary.failed(), 0, Duration.ofSeconds(3));
  }

  private static List<String> report(
      RunSummary summary, long made, long refused, Duration duration) {
    StringWriter out = new StringWriter();
    new ConsoleReport(new PrintWriter(out))
        .print(
            new RunResult(
                "out/images", Optional.empty(), summary, made, refused, List.of(), duration));
    return out.toString().lines().toList();
  }

  @Test
  void scoresAreMeansOverTheRowsThatHaveThem() {
    RunSummary summary = summary(DETECTION);

    assertThat(summary.images()).isEqualTo(3);
    ScoreMeans adherence = summary.scores("adherence").orElseThrow();
    assertThat(adherence.images()).isEqualTo(2);
    assertThat(adherence.means())
        .hasSize(10)
        .containsEntry("guided.in_box_mass", 0.5)
        .containsEntry("held_out.in_box_mass", 0.25)
        .containsEntry("held_out.lift", 1.0);
    ScoreMeans detection = summary.scores("detection").orElseThrow();
    assertThat(detection.images()).isEqualTo(1);
    assertThat(detection.means())
        .isEqualTo(
            Map.of(
                "found", 1.0, "right", 0.5, "centre_in_box", 0.25, "iou", 0.125, "all_right", 0.0));
  }

  @Test
  void blackImagesAreCountedIfTheTableTellsThem() {
    String checked = "case when id < 2 then id = 1 end nsfw, ";

    assertThat(summary("").nsfw()).isZero();
    assertThat(summary(checked).nsfw()).isEqualTo(1);
    assertThat(report(summary(checked)))
        .contains("1 image made black by the model's safety checker, see the column nsfw");
    assertThat(report(summary(""))).noneMatch(line -> line.contains("nsfw"));
  }

  private static String counts(long failed, long made, Duration duration) {
    return counts(failed, made, 0, duration);
  }

  private static String counts(long failed, long made, long refused, Duration duration) {
    RunSummary summary = new RunSummary(12, failed, 0, 0, List.of(), Map.of());
    return report(summary, made, refused, duration).get(0);
  }

  @Test
  void rowsThatAreWrongAreNoImagesThatAreThere() {
    assertThat(counts(12, 0, 12, Duration.ofSeconds(3)))
        .isEqualTo("0 of 12 images made; 12 were refused because their rows are wrong");
    assertThat(counts(7, 0, 7, Duration.ofSeconds(3)))
        .isEqualTo(
            "5 of 12 images are there; none of them were made now; 7 were refused because their rows are wrong");
  }

  @Test
  void timeAndRateAreThoseOfTheImagesThatTheAttemptMade() {
    Duration duration = Duration.ofMillis(27_500);

    assertThat(counts(0, 12, duration)).isEqualTo("12 of 12 images made in 27.5 s (0.44 a second)");
    assertThat(counts(0, 8, duration))
        .isEqualTo("12 of 12 images are there; 8 of them were made now in 27.5 s (0.29 a second)");
    assertThat(counts(1, 7, duration))
        .isEqualTo("11 of 12 images are there; 7 of them were made now in 27.5 s (0.25 a second)");
    assertThat(counts(0, 0, Duration.ZERO))
        .isEqualTo("12 of 12 images are there; none of them were made now");
    assertThat(counts(12, 0, duration))
        .isEqualTo("0 of 12 images are there; none of them were made now");
    assertThat(counts(0, 12, Duration.ZERO)).isEqualTo("12 of 12 images made in 0.0 s");
  }

  @Test
  void meansAreReportedByGroupsOfScores() {
    assertThat(report(summary(DETECTION)))
        .containsSubsequence(
            "Layout adherence, mean of 2 images:",
            "                              in_box_mass     lift      iou  pointing  leakage",
            "  layers that guidance reads        0.500    2.000    0.100     1.000    0.000",
            "  held-out layers                   0.250    1.000    0.100     1.000    0.000",
            "Objects detected in the images, mean of 1 image:",
            "      found    right  centre_in_box      iou  all_right",
            "      1.000    0.500          0.250    0.125      0.000");
  }

  @Test
  void withoutADetectorNoneAreReported() {
    RunSummary summary = summary("");

    assertThat(summary.scores("detection")).isEmpty();
    assertThat(summary.scores("adherence")).isPresent();
    assertThat(report(summary)).noneMatch(line -> line.contains("detected"));
  }

  @Test
  void aNewScoreIsSummedUpAndPrintedWithoutMore() {
    ScoreGroup brightness =
        new ScoreGroup(
            "brightness",
            "Brightness",
            List.of("mean", "pixels.most"),
            List.of(),
            List.of(),
            List.of(),
            List.of(new ScoreLabel("mean", "how bright")),
            Optional.empty());
    Dataset<Row> table =
        spark.sql(
            "select 'ok' status, string(null) error, array() warnings,"
                + " struct(id * 0.5D mean, struct(double(null) most) pixels) brightness"
                + " from range(2)");

    RunSummary summary = RunSummary.of(table, List.of(brightness));

    assertThat(summary.scores("brightness").orElseThrow().means()).isEqualTo(Map.of("mean", 0.25));
    assertThat(report(summary))
        .containsSubsequence(
            "Brightness, mean of 2 images:",
            "             mean     most",
            "            0.250        -",
            "  pixels        -        -");
    assertThat(comparison(summary, summary))
        .contains("  %-40s %9s %9s".formatted("how bright", "0.25", "0.25"));
  }

  @Test
  void meansOfTwoRunsStandBesideOneAnother() {
    RunSummary undetected = summary(DETECTION.replace("id = 0", "false"));

    assertThat(comparison(undetected, summary(DETECTION)))
        .containsSubsequence(
            "  %-40s %9s %9s".formatted("attention in box, guided layers", "0.50", "0.50"),
            "  %-40s %9s %9s".formatted("objects found", "-", "1.00"));
    assertThat(comparison(summary(""), summary("")))
        .as("scores that neither run has")
        .noneMatch(line -> line.contains("objects found"));
  }

  private static List<String> comparison(RunSummary unguided, RunSummary guided) {
    StringWriter out = new StringWriter();
    new ComparisonReport(new PrintWriter(out))
        .print(
            new Comparison(result(unguided), result(guided), Optional.empty(), Optional.empty()));
    return out.toString().lines().toList();
  }

  private static RunResult result(RunSummary summary) {
    return new RunResult("t", Optional.empty(), summary, 0, 0, List.of(), Duration.ZERO);
  }
}
