package io.boxwright.job.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.job.report.ProgressBar.Medium;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

  private final StringWriter out = new StringWriter();
  private long images;
  private long failed;
  private long nanos = 77;

  private ProgressBar bar(Medium medium, long total) {
    return new ProgressBar(
        new PrintWriter(out), medium, total, () -> images, () -> failed, () -> nanos);
  }

  /** What is said after some more seconds with so many images. */
  private String said(ProgressBar bar, long seconds, long done) {
    out.getBuffer().setLength(0);
    nanos += TimeUnit.SECONDS.toNanos(seconds);
    images = done;
    bar.update();
    return out.toString();
  }

  @Test
  void aTerminalShowsOneLineThatStaysInItsPlace() {
    ProgressBar bar = bar(Medium.TERMINAL, 40);

    assertThat(said(bar, 0, 0)).isEqualTo("  [....................]  0/40 images\u001b[K\r");
    assertThat(said(bar, 15, 12))
        .isEqualTo("  [######..............]  12/40 images, 1.3 s an image, 0:35 left\u001b[K\r");
    failed = 1;
    assertThat(said(bar, 5, 12))
        .isEqualTo(
            "  [######..............]  12/40 images, 1 failed, 1.3 s an image, 0:30 left\u001b[K\r");
  }

  @Test
  void theLineStaysWhenTheRunEnds() {
    ProgressBar bar = bar(Medium.TERMINAL, 8);
    said(bar, 4, 8);
    bar.close();

    assertThat(out.toString()).endsWith("[####################]  8/8 images, 2.0/s\u001b[K\r\n");
  }

  @Test
  void slowRunsAreCountedInSecondsAnImageAndInHours() {
    assertThat(said(bar(Medium.TERMINAL, 300), 600, 10))
        .contains("10/300 images, 60.0 s an image, 4:50:00 left");
  }

  @Test
  void elsewhereThereIsALineForEachTenthAndForAMinuteWithoutOne() {
    ProgressBar bar = bar(Medium.FILE, 100);

    assertThat(said(bar, 0, 0)).isEmpty();
    assertThat(said(bar, 9, 9)).isEmpty();
    assertThat(said(bar, 1, 10)).isEqualTo("  10/100 images, 1.0/s, 1:30 left\n");
    assertThat(said(bar, 59, 19)).isEmpty();
    assertThat(said(bar, 1, 19)).startsWith("  19/100 images, ");
    assertThat(said(bar, 1, 20)).startsWith("  20/100 images, ");
  }

  @Test
  void aRunThatGoesOnStartsWithWhatIsThere() {
    images = 4;
    ProgressBar bar = bar(Medium.TERMINAL, 12);

    assertThat(said(bar, 0, 4)).isEqualTo("  [######..............]  4/12 images\u001b[K\r");
    assertThat(said(bar, 4, 8)).contains("8/12 images, 1.0/s, 0:04 left");
    images = 4;
    assertThat(said(bar(Medium.FILE, 12), 0, 4)).isEqualTo("  4/12 images\n");
  }

  @Test
  void aRunOfNothingIsNoTrouble() {
    assertThat(said(bar(Medium.TERMINAL, 0), 1, 0)).contains("0/0 images");
    assertThat(said(bar(Medium.FILE, 0), 1, 0)).isEmpty();
  }

  @Test
  void aStartedBarLooksByItselfAndEndsWithTheRun() throws Exception {
    images = 3;
    ProgressBar bar = ProgressBar.start(new PrintWriter(out, true), 3, () -> images, () -> failed);
    bar.close();

    assertThat(out.toString()).contains("3/3 images");
  }
}
