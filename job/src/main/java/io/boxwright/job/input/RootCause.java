package io.boxwright.job.input;

import io.boxwright.text.Redaction;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.spark.SparkException;

/** The part for people of an exception that Spark wrapped in several of its own. */
public final class RootCause {

  /** The one exception of Spark's own that says more than its cause: it names the columns. */
  private static final String DIFFERENT_COLUMNS = "[CANNOT_MERGE_SCHEMAS]";

  /** The name of a file in a message, which each version of Spark continues differently. */
  private static final Pattern FILE = Pattern.compile("while reading file (\\S+?)\\.?(\\s|$)");

  private RootCause() {}

  /**
   * Returns one line without secrets: the message of the first cause that is neither Spark's own
   * nor Parquet's error of decoding, or of the innermost cause.
   */
  public static String message(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && isWrapper(cause)) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    if (cause instanceof ClassNotFoundException) {
      message = "there is no class " + message;
    }
    return Redaction.of(message)
        .lines()
        .takeWhile(line -> !line.startsWith("\tat "))
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** Finds the name, without folders, of the file that Spark was reading, if a message names it. */
  public static Optional<String> findFile(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      Matcher file = FILE.matcher(String.valueOf(cause.getMessage()));
      if (file.find()) {
        return Optional.of(new Path(URI.create(file.group(1))).getName());
      }
    }
    return Optional.empty();
  }

  private static boolean isWrapper(Throwable e) {
    return e instanceof ParquetDecodingException
        || (e instanceof SparkException
            && !String.valueOf(e.getMessage()).startsWith(DIFFERENT_COLUMNS));
  }
}
