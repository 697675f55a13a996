package io.boxwright.job.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/** The prompts of {@code datasets/shapes/demo.parquet}, which are inside the jar. */
public final class DemoPrompts {

  private DemoPrompts() {}

  /**
   * Writes the first prompts as a table, {@code prompts} in a folder. It replaces an existing one.
   *
   * @param folder a folder on a file system that executors reach
   * @param rows the largest number of prompts, at least 1
   * @return the path of the table
   * @throws InvalidInputException if the table cannot be written
   */
  public static String write(SparkSession spark, String folder, int rows) {
    try {
      Path all = new Path(folder, "demo.parquet");
      FileSystem fileSystem = all.getFileSystem(spark.sparkContext().hadoopConfiguration());
      copyTo(fileSystem, all);
      String prompts = new Path(folder, "prompts").toString();
      spark
          .read()
          .parquet(all.toString())
          .orderBy("id")
          .limit(rows)
          .write()
          .mode(SaveMode.Overwrite)
          .parquet(prompts);
      fileSystem.delete(all, false);
      return prompts;
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      throw new InvalidInputException(
          "Cannot write prompts into %s: %s".formatted(folder, RootCause.message(e)), e);
    }
  }

  private static void copyTo(FileSystem fileSystem, Path file) throws IOException {
    try (InputStream in = DemoPrompts.class.getResourceAsStream("demo.parquet");
        OutputStream out = fileSystem.create(file)) {
      in.transferTo(out);
    }
  }
}
