package io.boxwright.job.input;

import io.boxwright.text.Redaction;
import java.util.stream.Collectors;
import org.apache.spark.SparkException;

/** Finds what to tell a person in an exception that Spark wrapped in several of its own. */
public final class RootCause {

  /** Of Spark's own exceptions, the one that says more than its cause: it names the columns. */
  private static final String DIFFERENT_COLUMNS = "[CANNOT_MERGE_SCHEMAS]";

  private RootCause() {}

  /**
   * One line without secrets: the message of the first cause that is not Spark's own, else of the
   * innermost.
   */
  public static String message(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && isWrapper(cause)) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return Redaction.of(message)
        .lines()
        .takeWhile(line -> !line.startsWith("\tat "))
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining(" "));
  }

  private static boolean isWrapper(Throwable e) {
    return e instanceof SparkException
        && !String.valueOf(e.getMessage()).startsWith(DIFFERENT_COLUMNS);
  }
}
