package io.boxwright.job.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusReportTest {

  /** Of a run of 100 images. */
  private static String report(long done, long failed, long refused, double imagesPerSecond) {
    StringWriter text = new StringWriter();
    new StatusReport(new PrintWriter(text, true))
        .print(
            new RunStatus(
                "finished",
                false,
                100,
                done,
                failed,
                refused,
                10,
                (int) done / 10,
                List.of(),
                imagesPerSecond,
                Map.of(),
                new ResumeCommand("the command", "")));
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          10  | 2.5   | Rate: 2.5/s, 0:36 left
          10  | 0.25  | Rate: 4.0 s an image, 6:00 left
          10  | 0.02  | Rate: 50.0 s an image, 1:15:00 left
          100 | 0.5   | Rate: 2.0 s an image
          """)
  void ratesAndTimesReadAsInTheProgressBar(long done, double imagesPerSecond, String line) {
    assertThat(report(done, 0, 0, imagesPerSecond).lines()).contains(line);
  }

  @Test
  void failedImagesAreMadeAgainUnlessTheirRowsAreWrong() {
    String wrong =
        "3 failed images have wrong rows. Correct the table, and give another"
            + " --output, or --overwrite";
    String again = "To make failed images again: the command --retry-errors";

    assertThat(report(100, 3, 3, 1).lines()).contains(wrong).doesNotContain(again);
    assertThat(report(100, 5, 3, 1).lines()).contains(wrong, again);
    assertThat(report(100, 5, 0, 1).lines()).contains(again);
    assertThat(report(90, 3, 3, 1).lines()).contains("To go on: the command");
  }
}
