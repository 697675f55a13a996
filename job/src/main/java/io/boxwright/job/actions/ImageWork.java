package io.boxwright.job.actions;

import io.boxwright.job.report.ProgressBar;
import io.boxwright.udf.counters.GenerationMonitor;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.io.PrintWriter;
import org.apache.spark.sql.SparkSession;

/**
 * Who makes images, and who watches them being made.
 *
 * @param spark runs the jobs
 * @param generator makes the images
 * @param maxFailedShare how many of the rows may fail, 0 to 1, before the job is given up
 * @param console where to say how far the images are
 */
record ImageWork(
    SparkSession spark,
    GuidedImageGenerator generator,
    double maxFailedShare,
    PrintWriter console) {

  /**
   * Runs a job that makes images.
   *
   * @param job of the table that the generator made last
   * @param before what the run has already
   * @param description of the job, for Spark's pages
   * @throws JobFailedException if too many rows fail, with their commonest errors
   */
  void run(Runnable job, ImagesThere before, String description) {
    GenerationMonitor monitor = generator.monitor();
    try (FailureLimit limit =
            new FailureLimit(spark.sparkContext(), monitor, maxFailedShare, description);
        ProgressBar bar = progressBar(before, monitor)) {
      runLimited(job, limit);
    }
  }

  /** Counts all images of the run, for that is what people wait for. */
  private ProgressBar progressBar(ImagesThere before, GenerationMonitor monitor) {
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
