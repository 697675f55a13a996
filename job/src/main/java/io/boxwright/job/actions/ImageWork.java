package io.boxwright.job.actions;

import io.boxwright.job.report.ProgressBar;
import io.boxwright.udf.counters.GenerationMonitor;
import java.io.PrintWriter;
import org.apache.spark.sql.SparkSession;

/** The making of a run's rows under a failure limit and a progress bar. */
final class ImageWork {

  private final SparkSession spark;
  private final double maxFailedShare;
  private final PrintWriter console;

  /**
   * Creates the work of a run.
   *
   * @param spark the session that runs the jobs
   * @param maxFailedShare the share of the images that may fail, 0 to 1
   * @param console the writer that progress is printed to; it stays open
   */
  ImageWork(SparkSession spark, double maxFailedShare, PrintWriter console) {
    this.spark = spark;
    this.maxFailedShare = maxFailedShare;
    this.console = console;
  }

  /** Returns the session that runs the jobs. */
  SparkSession spark() {
    return spark;
  }

  /**
   * Runs a job that makes rows of a run, one for each image.
   *
   * @param job the job
   * @param monitor the monitor of the job's rows
   * @param before the images whose rows the run has already
   * @param description the description of the job, for Spark's pages
   * @throws JobFailedException if too many rows fail, with their most common errors
   */
  void run(Runnable job, GenerationMonitor monitor, ImagesThere before, String description) {
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
