package io.boxwright.job.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.Spark;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RunSummaryTest {

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

  private static SparkSession spark;

  @BeforeAll
  static void startSpark() {
    spark = Spark.local();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  private static RunSummary summary(String detection) {
    return RunSummary.of(spark.sql(TABLE.replace("DETECTION", detection)));
  }

  private static List<String> report(RunSummary summary) {
    return report(summary, summary.images() - summary.failed(), Duration.ofSeconds(3));
  }

  private static List<String> report(RunSummary summary, long made, Duration duration) {
    StringWriter out = new StringWriter();
    new ConsoleReport(new PrintWriter(out))
        .print(new RunResult("out/images", Optional.empty(), summary, made, List.of(), duration));
    return out.toString().lines().toList();
  }

  @Test
  void scoresAreMeansOverTheRowsThatHaveThem() {
    RunSummary summary = summary(DETECTION);

    assertThat(summary.images()).isEqualTo(3);
    assertThat(summary.scored()).isEqualTo(2);
    assertThat(summary.means())
        .containsEntry("guided.in_box_mass", 0.5)
        .containsEntry("held_out.in_box_mass", 0.25)
        .containsEntry("held_out.lift", 1.0);
    assertThat(summary.detected()).isEqualTo(1);
    assertThat(summary.detection())
        .isEqualTo(
            Map.of(
                "found", 1.0, "right", 0.5, "centre_in_box", 0.25, "iou", 0.125, "all_right", 0.0));
  }

  private static String counts(long failed, long made, Duration duration) {
    RunSummary summary = new RunSummary(12, failed, 0, 0, Map.of(), 0, Map.of(), Map.of());
    return report(summary, made, duration).get(0);
  }

  @Test
  void timeAndRateAreThoseOfTheImagesThatTheAttemptMade() {
    Duration duration = Duration.ofMillis(27_500);

    assertThat(counts(0, 12, duration)).isEqualTo("12 of 12 images made in 27.5 s (0.44 a second)");
    assertThat(counts(0, 8, duration))
        .isEqualTo("12 of 12 images there; 8 of them made now in 27.5 s (0.29 a second)");
    assertThat(counts(1, 7, duration))
        .isEqualTo("11 of 12 images there; 7 of them made now in 27.5 s (0.25 a second)");
    assertThat(counts(0, 0, Duration.ZERO))
        .isEqualTo("12 of 12 images there; none of them made now");
    assertThat(counts(12, 0, duration)).isEqualTo("0 of 12 images there; none of them made now");
    assertThat(counts(0, 12, Duration.ZERO)).isEqualTo("12 of 12 images made in 0.0 s");
  }

  @Test
  void detectedObjectsAreReportedBelowTheAttention() {
    assertThat(report(summary(DETECTION)))
        .containsSubsequence(
            "Layout adherence, mean of 2 images:",
            "Objects detected in the images, mean of 1 images:",
            "      found    right  centre_in_box      iou  all_right",
            "      1.000    0.500          0.250    0.125      0.000");
  }

  @Test
  void withoutADetectorNoneAreReported() {
    RunSummary summary = summary("");

    assertThat(summary.detected()).isZero();
    assertThat(summary.detection()).isEmpty();
    assertThat(summary.means()).hasSize(10);
    assertThat(report(summary)).noneMatch(line -> line.contains("detected"));
  }
}
