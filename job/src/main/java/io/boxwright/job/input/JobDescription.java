package io.boxwright.job.input;

import io.boxwright.text.Redaction;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/** The description of jobs on Spark's pages. */
public final class JobDescription {

  private static final String KEY = "spark.job.description";

  private JobDescription() {}

  /**
   * Gives a description to the jobs of some work. Later jobs get the earlier description again.
   *
   * @param text the description, from which secrets are removed
   * @param work the work, which runs Spark's jobs on this thread
   * @return the result of the work
   */
  public static <T> T during(SparkContext context, String text, Supplier<T> work) {
    String before = context.getLocalProperty(KEY);
    context.setJobDescription(Redaction.of(text));
    try {
      return work.get();
    } finally {
      context.setJobDescription(before);
    }
  }
}
