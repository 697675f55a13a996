package io.boxwright.output;

import io.boxwright.images.PngEncoder;
import io.boxwright.input.InvalidInputException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table of images, {@code images} in an output folder, on any Hadoop file system. */
public final class ImageTable {

  private static final Logger LOG = LoggerFactory.getLogger(ImageTable.class);

  /** Small row groups, so that readers need not hold hundreds of images at once. */
  private static final String ROW_GROUP_BYTES = String.valueOf(16 << 20);

  private final SparkSession spark;
  private final Path folder;

  /**
   * The image table in an output folder.
   *
   * @throws InvalidInputException if that is no name of a folder
   */
  public ImageTable(SparkSession spark, String outputFolder) {
    this.spark = spark;
    this.folder = toPath(outputFolder);
  }

  /** Where the table is. */
  public String path() {
    return new Path(folder, "images").toString();
  }

  /**
   * Makes the output folder, if there is none.
   *
   * @throws InvalidInputException if it holds something already or cannot be made
   */
  public void prepare() {
    try {
      FileSystem fileSystem = fileSystem();
      if (fileSystem.exists(folder)) {
        checkEmpty(fileSystem);
      } else if (!fileSystem.mkdirs(folder)) {
        throw new IOException("the file system refuses");
      }
    } catch (IOException | IllegalArgumentException e) { // the latter for unknown hosts
      throw new InvalidInputException(
          "Cannot make output folder %s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  /**
   * Writes the images. Only maps: the tasks that make the images write them. When it fails, what is
   * written by then is removed, so that the folder can be used again.
   */
  public void write(Dataset<Row> images) {
    try {
      save(images);
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      boolean begun = !(e instanceof AnalysisException); // such as: another run was faster
      if (begun) {
        remove();
      }
      throw e;
    }
  }

  private void save(Dataset<Row> images) {
    images
        .write()
        .format(ImageTableFormat.class.getName())
        .option("compression", "uncompressed") // PNG is compressed already
        .option("parquet.block.size", ROW_GROUP_BYTES)
        .option("parquet.page.size.row.check.min", "1")
        .option("parquet.enable.dictionary#image.bytes", "false")
        .save(path());
  }

  /** Reads what was written. */
  public Dataset<Row> read() {
    return spark.read().parquet(path());
  }

  /**
   * Writes a picture beside the table.
   *
   * @return where it is
   */
  public String writePicture(String name, BufferedImage picture) {
    Path file = new Path(folder, name);
    try (OutputStream out = fileSystem().create(file)) {
      out.write(PngEncoder.encode(picture));
      return file.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  private void remove() {
    try {
      fileSystem().delete(new Path(path()), true);
    } catch (IOException e) {
      LOG.warn("Cannot remove {}: {}", path(), e.toString());
    }
  }

  private static Path toPath(String folder) {
    try {
      return new Path(folder);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          "Invalid output folder '%s': %s".formatted(folder, e.getMessage()), e);
    }
  }

  private FileSystem fileSystem() throws IOException {
    return folder.getFileSystem(spark.sessionState().newHadoopConf());
  }

  private void checkEmpty(FileSystem fileSystem) throws IOException {
    if (!fileSystem.getFileStatus(folder).isDirectory()) {
      throw new InvalidInputException("Invalid output folder %s: it is a file".formatted(folder));
    }
    FileStatus[] entries = fileSystem.listStatus(folder);
    if (entries.length > 0) {
      throw new InvalidInputException(
          "Invalid output folder %s: it holds %s already; empty it or name another"
              .formatted(folder, entries[0].getPath().getName()));
    }
  }
}
