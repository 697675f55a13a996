package io.boxwright.job.input;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/** Writes names so that Spark takes them as they are. */
public final class SparkNames {

  private SparkNames() {}

  /** A path that Spark takes for no pattern, whatever it holds. */
  public static String literal(String path) {
    return path.replaceAll("[\\[\\]{}*?\\\\]", "\\\\$0");
  }

  /** The name of a column in quotes, for expressions. */
  public static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  /** A column of exactly this name. */
  public static Column column(String name) {
    return functions.col(quoted(name));
  }
}
