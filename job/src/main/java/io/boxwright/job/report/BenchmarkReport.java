package io.boxwright.job.report;

import io.boxwright.job.report.BenchmarkResult.Pass;
import io.boxwright.job.report.BenchmarkResult.Setup;
import io.boxwright.text.Count;
import java.io.PrintWriter;

/** A console report on the speed of a pipeline. */
public final class BenchmarkReport {

  private static final double GIB = 1 << 30;

  private final ConsoleLines out;

  /** Prints to {@code out}, which the caller closes. */
  public BenchmarkReport(PrintWriter out) {
    this.out = new ConsoleLines(out);
  }

  /** Prints the setup and the results of a benchmark. */
  public void print(BenchmarkResult result) {
    printSetup(result.setup());
    printLine("");
    printLine(
        "%.3f images a second: %d in %.3f s (median of %d)",
        result.imagesPerSecond(),
        result.setup().batchSize(),
        result.medianSeconds(),
        result.seconds().size());
    printLine("Loaded in %.1f s", result.loadSeconds());
    printStages(result);
    printPasses(result);
    printDetection(result.detection());
    printMemory("host", result.peakHostBytes());
    printMemory("GPU", result.peakDeviceBytes());
  }

  private void printSetup(Setup setup) {
    String name = setup.deviceName() == null ? "" : " (" + setup.deviceName() + ")";
    printLine("%s on %s%s, %s", setup.model(), setup.device(), name, setup.dtype());
    printLine("%s", setup.versions());
    printLine(
        "Batches of %s of %dx%d, %s, %s (%s), scale %s",
        Count.of(setup.batchSize(), "image"),
        setup.width(),
        setup.height(),
        setup.scheduler(),
        Count.of(setup.steps(), "step"),
        Count.of(setup.predictions(), "prediction"),
        setup.guidanceScale());
    printLine(
        "Guided steps: %d, with %s each",
        setup.guidanceSteps(), Count.of(setup.iterations(), "pass", "passes"));
  }

  private void printStages(BenchmarkResult result) {
    double sum = result.stages().values().stream().mapToDouble(Double::doubleValue).sum();
    printLine("");
    printLine("  %-22s %12s %12s", "stage of a batch", "seconds", "share");
    result
        .stages()
        .forEach(
            (stage, seconds) ->
                printLine("  %-22s %12.4f %11.1f%%", stage, seconds, 100 * seconds / sum));
    printLine("  %-22s %12s %11.1f%%", "outside the UNet", "", 100 * result.shareOutsideUnet());
  }

  private void printPasses(BenchmarkResult result) {
    printLine("");
    printLine("  %-22s %12s %12s %12s", "for each sample", "ms", "GFLOP", "TFLOP/s");
    if (result.guidancePass() != null) {
      printPass("guidance pass", result.guidancePass());
    }
    printPass("denoising step", result.denoisePass());
    printLine("  %-22s %12s %12s %12.4f", "both", "", "", result.tflops());
    printLine("");
  }

  private void printPass(String name, Pass pass) {
    printLine(
        "  %-22s %12.3f %12.3f %12.4f",
        name, pass.millisecondsPerSample(), pass.gflopPerSample(), pass.tflops());
  }

  private void printDetection(BenchmarkResult.Detection detection) {
    if (detection != null) {
      printLine(
          "%s: %.4f s for the images of a batch, %.1f%% of making them",
          detection.name(), detection.seconds(), 100 * detection.share());
    }
  }

  private void printMemory(String where, Long bytes) {
    if (bytes != null) {
      printLine("Peak memory, %s: %.2f GiB", where, bytes / GIB);
    }
  }

  private void printLine(String format, Object... values) {
    out.print(format, values);
  }
}
