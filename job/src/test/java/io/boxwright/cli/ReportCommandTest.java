package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.Test;

/** The command {@code boxwright report}. */
class ReportCommandTest extends CommandRuns {

  @Test
  void reportsNeedRunsAndAnOutput() {
    assertRefused(run("report", "--output", "report.html"), "RUN", "See boxwright report --help");
    assertRefused(run("report", "out"), "--output", "See boxwright report --help");
  }

  @Test
  void whatCannotBeReportedIsRefusedInOneLine() {
    String output = folder.resolve("report.html").toString();

    assertOneLine(
        run("report", folder.toString(), "--output", output), "There is no run in " + folder);
    assertOneLine(
        run(
            Collections.nCopies(9, "out").stream()
                .reduce("report --output " + output, (all, one) -> all + " " + one)
                .split(" ")),
        "A report is about 1 to 8 runs, not 9");
    assertThat(folder.resolve("report.html")).doesNotExist();
  }
}
