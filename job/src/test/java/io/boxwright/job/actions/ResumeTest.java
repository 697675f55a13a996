package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.output.CommitMode;
import io.boxwright.job.output.Locks;
import io.boxwright.job.output.RunFolder;
import io.boxwright.job.output.RunLock;
import io.boxwright.job.output.RunRecord;
import io.boxwright.job.report.RunResult;
import io.boxwright.testing.SharedSpark;
import io.boxwright.testing.StubLoader;
import io.boxwright.testing.TinyModel;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs that go on, with a pipeline that has no model. */
class ResumeTest extends SharedSpark {

  private static final String PROMPTS =
      "select if(id in (3, 11), 'fail once', 'p ' || id) prompt, string(id) id from range(0, 20, 1, 3)";

  /** The prompts, and the output of a run of them. */
  @TempDir private static Path made;

  /** The same for all tests: the plan of a run names its prompts by their path. */
  @TempDir private static Path folder;

  @BeforeAll
  static void makeRun() throws IOException {
    spark.sql(PROMPTS).write().parquet(folder.resolve("my prompts").toString());
    action().execute();
    FileUtils.copyDirectory(folder.toFile(), made.toFile());
  }

  @BeforeEach
  void copyPrompts() throws IOException {
    FileUtils.cleanDirectory(folder.toFile());
    copy("my prompts");
    System.setProperty(StubLoader.HEALED, folder.resolve("healed").toString());
  }

  private static void copyRun() throws IOException {
    copy("out");
  }

  private static void copy(String name) throws IOException {
    FileUtils.copyDirectory(made.resolve(name).toFile(), folder.resolve(name).toFile());
  }

  @AfterEach
  void clearProperties() {
    System.clearProperty(StubLoader.HEALED);
  }

  private static GuidedImageGenerator generator() {
    return new GuidedImageGenerator()
        .setModelUrl(TinyModel.FOLDER.toString())
        .setDeviceType(DeviceType.CPU)
        .setPipelineLoader(new StubLoader())
        .setBatchSize(2);
  }

  private static GenerateImages action(GuidedImageGenerator generator) {
    return new GenerateImages(spark, generator)
        .input(folder.resolve("my prompts").toString())
        .output(folder.resolve("out").toString())
        .command("the command");
  }

  private static GenerateImages action() {
    return action(generator()).chunkRows(3);
  }

  private List<String> files() throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve("out/images"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Bytes of the pictures, in hexadecimal digits, by id and number. */
  private Map<String, String> pictures() {
    Map<String, String> pictures = new TreeMap<>();
    for (Row row : spark.read().parquet(folder.resolve("out/images").toString()).collectAsList()) {
      Row image = row.getAs("image");
      String key = row.getAs("id") + "/" + row.getAs("image_index");
      String before =
          pictures.put(
              key, image == null ? "none" : HexFormat.of().formatHex(image.<byte[]>getAs("bytes")));
      assertThat(before).as("image %s again", key).isNull();
    }
    return pictures;
  }

  private RunRecord record() {
    return RunRecord.read(RunFolder.of(new Configuration(), folder.resolve("out").toString()))
        .orElseThrow();
  }

  @Test
  void rowsAreInChunksInTheirOrder() throws Exception {
    copyRun();

    assertThat(files())
        .containsExactly(
            "chunk-00000.parquet",
            "chunk-00001.parquet",
            "chunk-00002.parquet",
            "chunk-00003.parquet",
            "chunk-00004.parquet",
            "chunk-00005.parquet",
            "chunk-00006.parquet");
    List<Row> rows =
        spark
            .read()
            .parquet(folder.resolve("out/images/chunk-00002.parquet").toString())
            .collectAsList();
    assertThat(rows).extracting(row -> row.<String>getAs("id")).containsExactly("6", "7", "8");
    try (Stream<Path> left = Files.list(folder.resolve("out"))) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("plan.json", "run.json", "images", "contact-sheet.png");
    }
  }

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void onlyMissingChunksAreMade(CommitMode commit) throws Exception {
    action().commit(commit).execute();
    Map<String, String> undisturbed = pictures();
    String lost = files().get(2);
    Path kept = folder.resolve("out/images").resolve(files().get(1));
    byte[] before = Files.readAllBytes(kept);
    Files.delete(folder.resolve("out/images").resolve(lost));

    StringWriter console = new StringWriter();
    RunResult result = action().console(new PrintWriter(console)).execute();

    assertThat(result.summary().images()).isEqualTo(20);
    assertThat(result.made()).isEqualTo(3);
    assertThat(console.toString().lines().toList()).first().isEqualTo("  17/20 images, 2 failed");
    assertThat(console.toString().lines().toList()).last().asString().startsWith("  20/20 images");
    assertThat(pictures()).isEqualTo(undisturbed);
    assertThat(kept).hasBinaryContent(before);
    assertThat(record().attempts()).hasSize(2);
    assertThat(record().lastAttempt().images()).isEqualTo(3);
    assertThat(record().rowsDone()).isEqualTo(20);
    assertThat(record().state()).isEqualTo(RunRecord.State.FINISHED);
  }

  @Test
  void otherSettingsAreRefusedWithBothValues() throws Exception {
    copyRun();
    GuidedImageGenerator other =
        generator().setOptions(GenerationOptions.defaults().withNumInferenceSteps(30));

    assertThatThrownBy(() -> action(other).chunkRows(5).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("chunk_rows is 3 there, 5 here")
        .hasMessageContaining("num_inference_steps is 50 there, 30 here")
        .hasMessageContaining("--overwrite");
    assertThat(folder.resolve("out/_lock")).doesNotExist();
  }

  @Test
  void otherPromptsAreRefused() throws Exception {
    copyRun();
    try (Stream<Path> files = Files.list(folder.resolve("my prompts"))) {
      Path file = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
      Files.delete(file);
    }

    assertThatThrownBy(action()::execute)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("input file part-0000")
        .hasMessageContaining("rows is 20 there, ");
  }

  @Test
  void overwriteStartsAnew() throws Exception {
    copyRun();

    action().chunkRows(10).existing(ExistingOutput.OVERWRITE).execute();

    assertThat(files()).containsExactly("chunk-00000.parquet", "chunk-00001.parquet");
    assertThat(record().attempts()).hasSize(1);
  }

  @Test
  void overwriteLeavesForeignFilesAlone() throws Exception {
    copyRun();
    Files.writeString(folder.resolve("out/images/thesis.tex"), "years of work");

    assertThatThrownBy(action().existing(ExistingOutput.OVERWRITE)::execute)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("images/thesis.tex");
    assertThat(files()).hasSize(8);
  }

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void failedRowsAreMadeAgainAndGoodOnesStay(CommitMode commit) throws Exception {
    action().commit(commit).execute();
    Map<String, String> before = pictures();
    assertThat(before).containsEntry("3/0", "none").containsEntry("11/0", "none");
    Files.createFile(folder.resolve("healed"));

    StringWriter console = new StringWriter();
    RunResult result =
        action().existing(ExistingOutput.RETRY_ERRORS).console(new PrintWriter(console)).execute();

    assertThat(result.summary().failed()).isZero();
    assertThat(result.made()).isEqualTo(2);
    assertThat(console.toString()).startsWith("  18/20 images").doesNotContain("failed");
    Map<String, String> after = pictures();
    assertThat(record().lastAttempt().images()).isEqualTo(2);
    assertThat(files()).hasSize(7).anyMatch(name -> name.startsWith("chunk-00001.r1"));
    List<Row> rows =
        spark
            .read()
            .parquet(folder.resolve("out/images").resolve(files().get(1)).toString())
            .collectAsList();
    assertThat(rows).extracting(row -> row.<String>getAs("id")).containsExactly("3", "4", "5");
    assertThat(action().commit(commit).execute().made()).isZero();
    action().commit(commit).existing(ExistingOutput.OVERWRITE).execute();
    assertThat(after).as("as nothing had failed").isEqualTo(pictures());
  }

  @Test
  void failedRowsOfSeveralImagesAreMadeAgain() throws Exception {
    GuidedImageGenerator two = generator().setNumImagesPerPrompt(2);
    action(two).chunkRows(3).execute();
    Files.createFile(folder.resolve("healed"));

    action(two).existing(ExistingOutput.RETRY_ERRORS).execute();

    Map<String, String> after = pictures();
    assertThat(after).hasSize(40).doesNotContainValue("none");
    action(two).chunkRows(3).existing(ExistingOutput.OVERWRITE).execute();
    assertThat(after).as("as nothing had failed").isEqualTo(pictures());
  }

  @Test
  void aReplacementThatWasCutOffIsCompletedByTheNextRun() throws Exception {
    copyRun();
    Path images = folder.resolve("out/images");
    Files.copy(images.resolve("chunk-00001.parquet"), images.resolve("chunk-00001.r1.parquet"));
    Files.createDirectories(folder.resolve("out/_staging"));
    Files.createFile(folder.resolve("out/_staging/chunk-00004.x-1.parquet"));

    action().execute();

    assertThat(files()).hasSize(7).contains("chunk-00001.r1.parquet");
    assertThat(folder.resolve("out/_staging")).doesNotExist();
    assertThat(pictures()).hasSize(20);
  }

  @Test
  void aFolderInUseIsRefused() {
    RunFolder run = RunFolder.of(new Configuration(), folder.resolve("out").toString());
    try (RunLock lock = RunLock.take(run, "app-7", () -> {})) {
      assertThatThrownBy(action()::execute)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("in use")
          .hasMessageContaining("app-7")
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    }
    assertThat(action().execute().summary().images()).isEqualTo(20);
  }

  @Test
  void theLockOfADeadProcessIsTakenOver() {
    Locks.leave(RunFolder.of(new Configuration(), folder.resolve("out").toString()));

    action().execute();

    assertThat(folder.resolve("out/_lock")).doesNotExist();
  }

  private String state() {
    return new ReadStatus(new Configuration()).execute(folder.resolve("out").toString()).state();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"state\" : \"fin", "null", "{}", "\u0000\u0000"})
  void aDamagedRecordIsWrittenAnew(String content) throws Exception {
    copyRun();
    Files.writeString(folder.resolve("out/run.json"), content);

    assertThat(state()).isEqualTo("planned");
    action().execute();

    assertThat(record().attempts()).hasSize(1);
    assertThat(record().rowsDone()).isEqualTo(20);
    assertThat(state()).startsWith("finished at ");
  }

  @Test
  void aDamagedLockIsNamedWithItsAge() throws Exception {
    copyRun();
    Files.writeString(folder.resolve("out/_lock"), "");

    assertThat(state()).startsWith("not known: a damaged file _lock of 0 bytes, last sign of life");
    assertThatThrownBy(action()::execute)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("in use: a damaged file _lock of 0 bytes")
        .hasMessageContaining("give this command again in ");
  }

  @Test
  void aFolderThatIsRemovedDuringARunEndsIt() {
    System.setProperty(StubLoader.PAUSE, "300");
    Thread remover = new Thread(this::removeOutput);
    remover.start();
    try {
      assertThatThrownBy(action()::execute)
          .isInstanceOf(JobFailedException.class)
          .hasMessageContaining("The lock of output folder")
          .hasMessageContaining("is gone");
    } finally {
      System.clearProperty(StubLoader.PAUSE);
    }
    assertThat(folder.resolve("out/run.json")).doesNotExist();
    assertThat(folder.resolve("out/_lock")).doesNotExist();
  }

  private void removeOutput() {
    try {
      while (!Files.exists(folder.resolve("out/images"))) {
        Thread.sleep(10);
      }
      while (Files.exists(folder.resolve("out"))) {
        FileUtil.fullyDelete(folder.resolve("out").toFile());
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
