package io.boxwright.job.exporting;

import io.boxwright.job.report.ConsoleLines;
import io.boxwright.text.Count;
import java.io.PrintWriter;
import java.util.stream.Collectors;

/** A console report on an export. */
public final class ExportReport {

  private final ConsoleLines out;

  /** Prints to {@code out}, which the caller closes. */
  public ExportReport(PrintWriter out) {
    this.out = new ConsoleLines(out);
  }

  /** Prints what the dataset holds, what the filters refused, and the path of the folder. */
  public void print(ExportResult result) {
    DatasetFacts facts = result.plan().facts();
    out.print("%s", describeWork(result));
    facts.refused().entrySet().stream()
        .filter(filter -> filter.getValue() > 0)
        .forEach(
            filter ->
                out.print("  %6d  %s", filter.getValue(), Refusal.valueOf(filter.getKey()).text()));
    out.print(
        "%s of %s, in %s",
        Count.of(facts.totalBoxes(), "box", "boxes"),
        Count.of(facts.classes().size(), "class", "classes"),
        facts.images().entrySet().stream()
            .map(split -> split.getKey() + " " + Count.of(split.getValue(), "image"))
            .collect(Collectors.joining(", ")));
    if (facts.droppedBoxes() > 0) {
      out.print(
          "%s have no class and are left out", Count.of(facts.droppedBoxes(), "box", "boxes"));
    }
    out.print("Dataset with its card README.md: %s", result.folder());
  }

  private static String describeWork(ExportResult result) {
    long all = result.plan().facts().runs().stream().mapToLong(ExportedRun.Origin::images).sum();
    String images = "%d of %s".formatted(result.images(), Count.of(all, "image"));
    if (result.written() == 0 && result.descriptions() == 0) {
      return images + " are there; the export was finished before";
    }
    return result.written() == result.images()
        ? images + " exported"
        : "%s are there; %d of them were exported now".formatted(images, result.written());
  }
}
