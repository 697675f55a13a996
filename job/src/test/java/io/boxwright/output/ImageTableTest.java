package io.boxwright.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.testing.Spark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageTableTest {

  private static SparkSession spark;

  @TempDir private Path folder;

  @BeforeAll
  static void startSpark() {
    spark = Spark.local();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  /** Images of one megabyte, in one task. */
  private static Dataset<Row> images(int count) {
    return spark.sql(
        "select struct(cast(repeat(uuid(), 29000) as binary) bytes, 'p' path) image from range(0, "
            + count
            + ", 1, 1)");
  }

  private ImageTable table() {
    return new ImageTable(spark, folder.resolve("out").toString());
  }

  @Test
  void rowGroupsHoldFewImages() throws Exception {
    table().write(images(40));

    List<BlockMetaData> rowGroups = rowGroups();

    assertThat(rowGroups).hasSizeGreaterThan(1);
    assertThat(rowGroups).allMatch(rowGroup -> rowGroup.getTotalByteSize() < 18 << 20);
  }

  private List<BlockMetaData> rowGroups() throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve("out/images"))) {
      Path file = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
      try (ParquetFileReader reader =
          ParquetFileReader.open(
              HadoopInputFile.fromPath(
                  new org.apache.hadoop.fs.Path(file.toUri()), new Configuration()))) {
        return reader.getRowGroups();
      }
    }
  }

  @Test
  void whatAFailedWriteLeftIsRemoved() {
    Dataset<Row> failing = images(2).selectExpr("image", "string(raise_error('boom')) error");

    assertThatThrownBy(() -> table().write(failing)).hasStackTraceContaining("boom");

    assertThat(folder.resolve("out/images")).doesNotExist();
  }

  @Test
  void theTableOfAnotherRunIsLeftAlone() {
    table().write(images(1));

    assertThatThrownBy(() -> table().write(images(1))).isInstanceOf(AnalysisException.class);

    assertThat(table().read().count()).isEqualTo(1);
  }
}
