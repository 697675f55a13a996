package io.boxwright.job.verification;

import io.boxwright.diffusion.images.PictureDecoder;
import io.boxwright.job.output.ImageTable;
import io.boxwright.job.output.RowDigest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * A check that reads every column of every row. The rows of a file must have the digest of its
 * footer, and each row must hold an intact picture of its size, or an error.
 */
public final class RowCheck implements FlatMapFunction<Iterator<InternalRow>, String> {

  private static final long serialVersionUID = 1;
  private static final int IMAGE_BYTES = 0;

  private final StructType schema;
  private final Map<String, String> digests;

  /**
   * Creates a check.
   *
   * @param schema the schema of the image table
   * @param digests the digests of the rows, by name of the file
   */
  private RowCheck(StructType schema, Map<String, String> digests) {
    this.schema = schema;
    this.digests = digests;
  }

  /**
   * Checks files whose seals are intact.
   *
   * @param digests the digests of the rows, by path of the file
   * @param largestFile the length of the largest file in bytes
   * @return a sentence for each row and file with a problem
   */
  public static List<String> findProblems(
      SparkSession spark, Map<String, String> digests, long largestFile) {
    if (digests.isEmpty()) {
      return List.of();
    }
    Dataset<Row> images =
        ImageTable.read(openSession(spark, largestFile), digests.keySet().toArray(String[]::new));
    Map<String, String> byName = new HashMap<>();
    digests.forEach((path, digest) -> byName.put(new Path(path).getName(), digest));
    return images
        .withColumn("_boxwright_file", functions.col("_metadata.file_name"))
        .queryExecution()
        .toRdd()
        .toJavaRDD()
        .mapPartitions(new RowCheck(images.schema(), byName))
        .collect();
  }

  /** Returns a new session whose tasks read whole files, one after the other. */
  private static SparkSession openSession(SparkSession spark, long largestFile) {
    SparkSession session = spark.newSession();
    session.conf().set("spark.sql.files.openCostInBytes", "0");
    session.conf().set("spark.sql.files.minPartitionNum", "1");
    session
        .conf()
        .set("spark.sql.files.maxPartitionBytes", String.valueOf(Math.max(largestFile, 32 << 20)));
    return session;
  }

  @Override
  public Iterator<String> call(Iterator<InternalRow> rows) {
    List<String> problems = new ArrayList<>();
    FileRows file = null;
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      String name = row.getUTF8String(schema.length()).toString();
      if (file == null || !file.name.equals(name)) {
        finish(file, problems);
        file = new FileRows(name);
      }
      file.add(row, problems);
    }
    finish(file, problems);
    return problems.iterator();
  }

  private void finish(FileRows file, List<String> problems) {
    if (file != null && !file.digest.hex().equals(digests.get(file.name))) {
      problems.add("%s: its rows were changed after they were written".formatted(file.name));
    }
  }

  /** The rows of one file, one after the other. */
  private final class FileRows {

    private final String name;
    private final RowDigest digest = new RowDigest(schema);
    private long count;

    FileRows(String name) {
      this.name = name;
    }

    void add(InternalRow row, List<String> problems) {
      digest.add(row);
      findProblem(row)
          .ifPresent(
              problem ->
                  problems.add(
                      "%s, row %d (id %s), %s"
                          .formatted(name, count, readText(row, "id"), problem)));
      count++;
    }

    private Optional<String> findProblem(InternalRow row) {
      String status = readText(row, "status");
      boolean pictured = !row.isNullAt(indexOf("image"));
      return switch (status) {
        case "error" ->
            readText(row, "error").isEmpty() || pictured
                ? Optional.of("column error: an error without a message, or with an image")
                : Optional.empty();
        case "ok" ->
            pictured ? findPictureProblem(row) : Optional.of("column image: there is no image");
        default -> Optional.of("column status: it is '%s'".formatted(status));
      };
    }

    private Optional<String> findPictureProblem(InternalRow row) {
      byte[] bytes = row.getStruct(indexOf("image"), 2).getBinary(IMAGE_BYTES);
      try {
        int width = row.getInt(indexOf("width"));
        int height = row.getInt(indexOf("height"));
        boolean whole =
            PictureDecoder.decode(bytes)
                .filter(picture -> picture.getWidth() == width && picture.getHeight() == height)
                .isPresent();
        return whole
            ? Optional.empty()
            : Optional.of("column image: there is no picture of its width and height");
      } catch (IOException | RuntimeException e) { // the latter at broken streams
        return Optional.of("column image: there is no picture: " + e.getMessage());
      }
    }

    private int indexOf(String column) {
      return schema.fieldIndex(column);
    }

    private String readText(InternalRow row, String column) {
      int place = indexOf(column);
      return row.isNullAt(place) ? "" : row.getUTF8String(place).toString();
    }
  }
}
