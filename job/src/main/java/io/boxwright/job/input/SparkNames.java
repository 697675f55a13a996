package io.boxwright.job.input;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/** Names in the forms that Spark takes literally. */
public final class SparkNames {

  private SparkNames() {}

  /** Returns a path in which Spark finds no pattern, whatever it holds. */
  public static String literal(String path) {
    return path.replaceAll("[\\[\\]{}*?\\\\]", "\\\\$0");
  }

  /** Returns the name of a column in quotes, for expressions. */
  public static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  /** Returns the column of exactly this name. */
  public static Column column(String name) {
    return functions.col(quoted(name));
  }
}
