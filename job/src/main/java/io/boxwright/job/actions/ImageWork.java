package io.boxwright.job.actions;

import io.boxwright.job.report.ProgressBar;
import io.boxwright.udf.counters.GenerationMonitor;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.io.PrintWriter;
import org.apache.spark.sql.SparkSession;

/** The making of images under a failure limit and a progress bar. */
final class ImageWork {

  private final SparkSession spark;
  private final GuidedImageGenerator generator;
  private final double maxFailedShare;
  private final PrintWriter console;

  /**
   * Creates the work of a run.
   *
   * @param spark the session that runs the jobs
   * @param generator the generator that makes the images
   * @param maxFailedShare the share of the images that may fail, 0 to 1
   * @param console the writer that progress is printed to; it stays open
   */
  ImageWork(
      SparkSession spark,
      GuidedImageGenerator generator,
      double maxFailedShare,
      PrintWriter console) {
    this.spark = spark;
    this.generator = generator;
    this.maxFailedShare = maxFailedShare;
    this.console = console;
  }

  /** Returns the session that runs the jobs. */
  SparkSession spark() {
    return spark;
  }

  /** Returns the generator that makes the images. */
  GuidedImageGenerator generator() {
    return generator;
  }

  /**
   * Runs a job that makes images.
   *
   * @param job the job, over the table that the generator made last
   * @param before the images that the run has already
   * @param description the description of the job, for Spark's pages
   * @throws JobFailedException if too many rows fail, with their commonest errors
   */
  void run(Runnable job, ImagesThere before, String description) {
    GenerationMonitor monitor = generator.monitor();
    try (FailureLimit limit =
            new FailureLimit(spark.sparkContext(), monitor, maxFailedShare, description);
        ProgressBar bar = startProgressBar(before, monitor)) {
      runLimited(job, limit);
    }
  }

  /** Starts a bar that counts all images of the run, because people wait for all of them. */
  private ProgressBar startProgressBar(ImagesThere before, GenerationMonitor monitor) {
    return ProgressBar.start(
        console,
        before.planned(),
        () -> before.done() + monitor.images(),
        () -> before.failed() + monitor.failed());
  }

  private static void runLimited(Runnable job, FailureLimit limit) {
    try {
      job.run();
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      if (limit.exceeded().isPresent()) {
        throw new JobFailedException(limit.exceeded().get(), e);
      }
      throw e;
    }
  }
}
