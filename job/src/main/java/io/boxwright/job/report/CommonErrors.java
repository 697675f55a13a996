package io.boxwright.job.report;

import static org.apache.spark.sql.functions.col;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The most common messages of failed rows.
 *
 * @param counts the number of rows for each message, at most ten messages, the most common first
 */
public record CommonErrors(Map<String, Long> counts) {

  private static final int MOST_ERRORS = 10;

  /** Copies the map in its order. */
  public CommonErrors {
    counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
  }

  /** Counts the messages in the column {@code error} of failed rows. */
  public static CommonErrors of(Dataset<Row> failed) {
    Map<String, Long> errors = new LinkedHashMap<>();
    failed
        .groupBy("error")
        .count()
        .orderBy(col("count").desc(), col("error"))
        .limit(MOST_ERRORS)
        .collectAsList()
        .forEach(row -> errors.put(row.getString(0), row.getLong(1)));
    return new CommonErrors(errors);
  }

  /** Prints a line for each message. */
  public void print(ConsoleLines out) {
    counts.forEach((error, count) -> out.print("  %6d  %s", count, error));
  }
}
