package io.boxwright.job.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.pipelines.Stage;
import io.boxwright.testing.SharedSpark;
import io.boxwright.udf.counters.GenerationMonitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImageTableTest extends SharedSpark {

  @TempDir private Path folder;
  private final List<ChunkFile> finished = new CopyOnWriteArrayList<>();
  private Map<Stage, Duration> stages;

  /** Images of one megabyte, in some tasks. */
  private static Dataset<Row> images(int count, int tasks) {
    return spark.sql(
        "select struct(cast(repeat(uuid(), 29000) as binary) bytes, 'p' path) image, id, 'ok' status"
            + " from range(0, %d, 1, %d)".formatted(count, tasks));
  }

  private static RunPlan plan(CommitMode commit) {
    return new RunPlan(
        "1", "now", "in", List.of(), 40, 1, 20, commit, "m", "0123456789abcdef", Map.of());
  }

  private ImageTable table(CommitMode commit) {
    RunFolder run = RunFolder.of(new Configuration(), folder.resolve("out").toString());
    return new ImageTable(spark, run, plan(commit));
  }

  private void write(CommitMode commit, Dataset<Row> images, int... chunks) {
    List<ChunkFile> files =
        java.util.Arrays.stream(chunks).mapToObj(chunk -> ChunkFile.of(chunk, 0)).toList();
    try (GenerationMonitor monitor = new GenerationMonitor(spark.sparkContext())) {
      table(commit).write(images, files, monitor.counters(), finished::add);
      stages = monitor.stages();
    }
  }

  private List<String> files(String name) throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve("out").resolve(name))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void rowGroupsHoldFewImages() throws Exception {
    write(CommitMode.RENAME, images(40, 1), 0);

    List<BlockMetaData> rowGroups;
    try (ParquetFileReader reader = open("chunk-00000.parquet")) {
      rowGroups = reader.getRowGroups();
    }

    assertThat(rowGroups).hasSizeGreaterThan(1);
    assertThat(rowGroups).allMatch(rowGroup -> rowGroup.getTotalByteSize() < 18 << 20);
  }

  private ParquetFileReader open(String name) throws Exception {
    return ParquetFileReader.open(
        HadoopInputFile.fromPath(
            new org.apache.hadoop.fs.Path(folder.resolve("out/images/" + name).toUri()),
            new Configuration()));
  }

  @Test
  void footersSayWhereImagesComeFrom() throws Exception {
    write(
        CommitMode.RENAME,
        images(1, 1).withColumn("status", org.apache.spark.sql.functions.lit("error")),
        0);

    try (ParquetFileReader reader = open("chunk-00000.parquet")) {
      assertThat(reader.getFileMetaData().getKeyValueMetaData())
          .containsEntry("boxwright.model", "0123456789abcdef")
          .containsEntry("boxwright.plan", plan(CommitMode.RENAME).hash())
          .containsEntry("boxwright.failed", "1")
          .hasEntrySatisfying(
              "boxwright.versions",
              versions ->
                  assertThat(versions)
                      .contains("spark " + spark.version(), "djl 0.36", "pytorch 2.7.1"));
    }
  }

  @Test
  void aPartitionBecomesItsChunk() throws Exception {
    write(CommitMode.RENAME, images(2, 2), 7, 3);

    assertThat(files("images")).containsExactly("chunk-00003.parquet", "chunk-00007.parquet");
    assertThat(files("_staging")).isEmpty();
    assertThat(finished).extracting(ChunkFile::chunk).containsExactlyInAnyOrder(3, 7);
    Dataset<Row> table = spark.read().parquet(folder.resolve("out/images").toString());
    assertThat(
            table.filter("_metadata.file_name = 'chunk-00007.parquet'").first().<Long>getAs("id"))
        .isZero();
  }

  @Test
  void theTimeThatTasksWriteIsCounted() {
    write(CommitMode.RENAME, images(4, 2), 0, 1);

    assertThat(stages).containsOnlyKeys(Stage.WRITE);
    assertThat(stages.get(Stage.WRITE)).isBetween(Duration.ofMillis(1), Duration.ofMinutes(5));
  }

  @Test
  void inAManifestFilesHaveNamesOfTheirAttempts() throws Exception {
    write(CommitMode.MANIFEST, images(2, 2), 0, 1);

    assertThat(files("images")).hasSize(2).noneMatch("chunk-00000.parquet"::equals);
    assertThat(finished)
        .extracting(ChunkFile::name)
        .containsExactlyInAnyOrderElementsOf(files("images"));
  }

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void finishedChunksOutliveAFailedJob(CommitMode commit) throws Exception {
    Dataset<Row> failing =
        images(2, 2)
            .withColumn(
                "status",
                org.apache.spark.sql.functions.expr(
                    "if(id = 0, 'ok', string(raise_error('boom')))"));
    write(commit, images(1, 1), 5);

    assertThatThrownBy(() -> write(commit, failing, 0, 1)).hasStackTraceContaining("boom");

    assertThat(finished).extracting(ChunkFile::chunk).contains(5).doesNotContain(1);
    assertThat(files("images")).anyMatch(name -> name.startsWith("chunk-00005"));
    assertThat(files("images")).noneMatch(name -> name.startsWith("chunk-00001"));
  }

  @Test
  void anAttemptThatFinishesAfterAnotherDropsItsFile() throws Exception {
    write(CommitMode.RENAME, images(1, 1), 0);
    byte[] first = Files.readAllBytes(folder.resolve("out/images/chunk-00000.parquet"));

    write(CommitMode.RENAME, images(1, 1), 0);

    assertThat(folder.resolve("out/images/chunk-00000.parquet")).hasBinaryContent(first);
    assertThat(files("_staging")).isEmpty();
  }
}
