package io.boxwright.job.input;

import io.boxwright.text.Redaction;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/** Says on Spark's pages what jobs are for. */
public final class JobDescription {

  private static final String KEY = "spark.job.description";

  private JobDescription() {}

  /**
   * Does some work whose jobs have a description; those that come later have the one from before.
   *
   * @param text for people, from which secrets are taken out
   * @param work runs Spark's jobs on this thread
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
