package io.boxwright.job.report;

import io.boxwright.text.Count;
import java.io.PrintWriter;

/** A console report on the progress of a run. */
public final class StatusReport {

  private final ConsoleLines out;

  /** Prints to {@code out}, which the caller closes. */
  public StatusReport(PrintWriter out) {
    this.out = new ConsoleLines(out);
  }

  /** Prints the progress of a run, and the command that goes on if one is needed. */
  public void print(RunStatus status) {
    out.printText("State: " + status.state());
    printLine(
        "Images: %d of %d done, %d of them failed, %d left (%d of %s)",
        status.done(),
        status.images(),
        status.failed(),
        status.left(),
        status.chunksDone(),
        Count.of(status.chunks(), "chunk"));
    status.remarks().forEach(remark -> printLine("%s", remark));
    if (status.imagesPerSecond() > 0) {
      printLine("Rate: %s%s", Pace.formatSpeed(status.imagesPerSecond()), describeTimeLeft(status));
    }
    if (!status.errors().isEmpty()) {
      printLine("Errors of the last driver:");
      status.errors().forEach((error, count) -> printLine("  %6d  %s", count, error));
    }
    if (status.running()) {
      return; // the driver is still at work
    }
    if (status.left() > 0) {
      printLine("To go on: %s", status.command());
    } else if (status.failed() > 0) {
      adviseOnFailures(status);
    }
  }

  private void adviseOnFailures(RunStatus status) {
    if (status.refused() > 0) {
      printLine(
          "%s. Correct the table, and give another --output, or --overwrite",
          Count.of(
              status.refused(), "failed image has a wrong row", "failed images have wrong rows"));
    }
    if (status.refused() < status.failed()) {
      printLine("To make failed images again: %s", status.command().with("--retry-errors"));
    }
  }

  private static String describeTimeLeft(RunStatus status) {
    return status.left() == 0
        ? ""
        : ", %s left".formatted(Pace.formatTime(status.left() / status.imagesPerSecond()));
  }

  private void printLine(String format, Object... values) {
    out.print(format, values);
  }
}
