package io.boxwright.job.report;

import io.boxwright.job.report.BenchmarkResult.Pass;
import io.boxwright.job.report.BenchmarkResult.Setup;
import io.boxwright.text.Count;
import java.io.PrintWriter;

/** Says on the console how fast a pipeline was. */
public final class BenchmarkReport {

  private static final double GIB = 1 << 30;

  private final ConsoleLines out;

  /** Writes to {@code out}. */
  public BenchmarkReport(PrintWriter out) {
    this.out = new ConsoleLines(out);
  }

  /** Prints what was measured and what came out. */
  public void print(BenchmarkResult result) {
    printSetup(result.setup());
    line("");
    line(
        "%.3f images a second: %d in %.3f s (median of %d)",
        result.imagesPerSecond(),
        result.setup().batchSize(),
        result.medianSeconds(),
        result.seconds().size());
    line("Loaded in %.1f s", result.loadSeconds());
    printStages(result);
    printPasses(result);
    printMemory("host", result.peakHostBytes());
    printMemory("GPU", result.peakDeviceBytes());
  }

  private void printSetup(Setup setup) {
    String name = setup.deviceName() == null ? "" : " (" + setup.deviceName() + ")";
    line("%s on %s%s, %s", setup.model(), setup.device(), name, setup.dtype());
    line("%s", setup.versions());
    line(
        "Batches of %s of %dx%d, %s, %s (%s), scale %s",
        Count.of(setup.batchSize(), "image"),
        setup.width(),
        setup.height(),
        setup.scheduler(),
        Count.of(setup.steps(), "step"),
        Count.of(setup.predictions(), "prediction"),
        setup.guidanceScale());
    line(
        "Guided steps: %d, with %s each",
        setup.guidanceSteps(), Count.of(setup.iterations(), "pass", "passes"));
  }

  private void printStages(BenchmarkResult result) {
    double sum = result.stages().values().stream().mapToDouble(Double::doubleValue).sum();
    line("");
    line("  %-22s %12s %12s", "stage of a batch", "seconds", "share");
    result
        .stages()
        .forEach(
            (stage, seconds) ->
                line("  %-22s %12.4f %11.1f%%", stage, seconds, 100 * seconds / sum));
    line("  %-22s %12s %11.1f%%", "outside the UNet", "", 100 * result.shareOutsideUnet());
  }

  private void printPasses(BenchmarkResult result) {
    line("");
    line("  %-22s %12s %12s %12s", "for each sample", "ms", "GFLOP", "TFLOP/s");
    if (result.guidancePass() != null) {
      printPass("guidance pass", result.guidancePass());
    }
    printPass("denoising step", result.denoisePass());
    line("  %-22s %12s %12s %12.4f", "both", "", "", result.tflops());
    line("");
  }

  private void printPass(String name, Pass pass) {
    line(
        "  %-22s %12.3f %12.3f %12.4f",
        name, pass.millisecondsPerSample(), pass.gflopPerSample(), pass.tflops());
  }

  private void printMemory(String where, Long bytes) {
    if (bytes != null) {
      line("Peak memory, %s: %.2f GiB", where, bytes / GIB);
    }
  }

  private void line(String format, Object... values) {
    out.print(format, values);
  }
}
