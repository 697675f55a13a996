package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.djl.util.Utils;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.output.CommitMode;
import io.boxwright.testing.Runs;
import io.boxwright.testing.SharedSpark;
import io.boxwright.testing.StubLoader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A chunk is made when its file says so, whatever lies in the folder; and nothing good is lost. */
class FinishedRunTest extends SharedSpark {

  private static final long POLL_NANOS = 1_000_000;

  @TempDir private static Path finished;

  /** The same for all tests: the plan of a run names its prompts by their path. */
  @TempDir private static Path folder;

  private Runs runs;

  @BeforeAll
  static void makeRun() throws IOException {
    new Runs(spark, folder).withPrompts().action().execute();
    FileUtils.copyDirectory(folder.toFile(), finished.toFile());
  }

  @BeforeEach
  void restoreRun() throws IOException {
    FileUtils.cleanDirectory(folder.toFile());
    FileUtils.copyDirectory(finished.toFile(), folder.toFile());
    runs = new Runs(spark, folder);
  }

  private void assertGoesOn() {
    assertThat(runs.action().execute().summary().images()).isEqualTo(Runs.ROWS);
    assertThat(runs.verify().problems()).isEmpty();
    assertThat(runs.status()).contains("State: finished", "20 of 20 done", "(5 of 5 chunks)");
  }

  @Test
  void anEmptyFileIsNoChunk() throws Exception {
    byte[] before = Files.readAllBytes(runs.chunk(2));
    Files.write(runs.chunk(1), new byte[0]);

    assertThat(runs.status())
        .contains("16 of 20 done")
        .contains("In images: chunk-00001.parquet (it is empty) does not count");
    assertThat(runs.verify().problems())
        .contains(
            "images/chunk-00001.parquet: it is empty", "chunks are missing: 1 of 5, number 1");
    assertGoesOn();
    assertThat(runs.chunk(2)).hasBinaryContent(before);
    assertThat(runs.files("_aside")).singleElement().asString().startsWith("chunk-00001.parquet.");
  }

  @Test
  void aFolderIsNoChunk() throws Exception {
    Files.delete(runs.chunk(1));
    Files.createDirectory(runs.chunk(1));
    Files.writeString(runs.chunk(1).resolve("thesis.tex"), "years of work");

    assertThat(runs.status()).contains("chunk-00001.parquet (it is not a file) does not count");
    assertGoesOn();
    Path aside = runs.output().resolve("_aside").resolve(runs.files("_aside").get(0));
    assertThat(aside.resolve("thesis.tex")).hasContent("years of work");
  }

  @Test
  void swappedChunksAreNoChunks() throws Exception {
    Path kept = folder.resolve("kept");
    Files.move(runs.chunk(1), kept);
    Files.move(runs.chunk(2), runs.chunk(1));
    Files.move(kept, runs.chunk(2));

    assertThat(runs.status())
        .contains("12 of 20 done")
        .contains(
            "chunk-00001.parquet (it holds chunk 2)", "chunk-00002.parquet (it holds chunk 1)");
    assertGoesOn();
  }

  @Test
  void chunksOfAnotherPlanAreNoChunks() throws Exception {
    Runs other = new Runs(spark, folder.resolve("other")).withPrompts();
    other.action().maxFailedShare(1).execute();
    Files.delete(runs.chunk(0));
    Files.copy(other.chunk(0), runs.chunk(0));

    assertThat(runs.status())
        .contains("16 of 20 done")
        .contains("chunk-00000.parquet (it belongs to a run with other settings) does not count");
    assertGoesOn();
  }

  @Test
  void garbageDoesNotTakeThePlaceOfAGoodChunk() throws Exception {
    byte[] good = Files.readAllBytes(runs.chunk(1));
    Files.writeString(runs.images().resolve("chunk-00001.r1.parquet"), "garbage");

    assertThat(runs.action().execute().summary().images()).isEqualTo(Runs.ROWS);

    assertThat(runs.chunk(1)).hasBinaryContent(good);
  }

  @Test
  void otherNamesAreStrangersThatStay() throws Exception {
    List<String> names =
        List.of(
            "README.md",
            "chunk-00001.0.parquet",
            "chunk-00001.0123abcd-7.parquet",
            "chunk-00001.r0.parquet",
            "chunk-00001.r99999999999.parquet",
            "chunk-000001.parquet",
            "chunk-00099.parquet",
            "chunk-99999999999.parquet");
    for (String name : names) {
      Files.copy(runs.chunk(1), runs.images().resolve(name));
    }

    runs.action().execute();

    assertThat(runs.status()).contains("20 of 20 done");
    for (String name : names) {
      assertThat(runs.status()).contains("In images: " + name + " does not belong to this run");
    }
    assertThat(runs.verify().problems())
        .containsExactlyInAnyOrderElementsOf(
            names.stream().map(name -> "images/" + name + " does not belong to this run").toList());
    assertThatThrownBy(runs.action().existing(ExistingOutput.OVERWRITE)::execute)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("images/");
    assertThat(runs.files("images")).containsAll(names).hasSize(names.size() + 5);
  }

  @Test
  void hiddenFilesAreNotMentioned() throws Exception {
    for (String name : new String[] {".nfs0001", ".chunk-00009.parquet.crc", "_SUCCESS"}) {
      Files.writeString(runs.images().resolve(name), "x");
    }
    Files.writeString(runs.output().resolve(".nfs0002"), "x");

    assertThat(runs.status()).doesNotContain("In images");
    assertThat(runs.verify().problems()).isEmpty();
    runs.action().execute();
  }

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void chunksThatVanishDuringTheRunAreNoticed(CommitMode commit) throws Exception {
    System.setProperty(StubLoader.PAUSE, "150");
    try {
      runs = new Runs(spark, folder.resolve("robbed")).withPrompts();
      GenerateImages action = runs.action().commit(commit);
      CompletableFuture<Void> thief = CompletableFuture.runAsync(() -> stealFirstChunk(commit));

      assertThatThrownBy(action::execute)
          .isInstanceOf(JobFailedException.class)
          .hasMessageContaining("chunks were written, but are missing: 1 of 5, number 0")
          .hasMessageContaining("Finished chunks stay: 4 of 5; to go on: the command");

      thief.join();
    } finally {
      System.clearProperty(StubLoader.PAUSE);
    }
    assertThat(runs.status()).contains("State: failed", "16 of 20 done");
    assertThat(runs.action().execute().summary().images()).isEqualTo(Runs.ROWS);
    assertThat(runs.verify().problems()).isEmpty();
  }

  /** Once the last chunk has begun and the first one is finished. */
  private void stealFirstChunk(CommitMode commit) {
    Path begun = commit == CommitMode.RENAME ? runs.output().resolve("_staging") : runs.images();
    for (long end = System.nanoTime() + 60_000_000_000L; System.nanoTime() < end; ) {
      Optional<File> first = file(runs.images(), "chunk-00000.");
      if (first.isPresent() && file(begun, "chunk-00004.").isPresent()) {
        assertThat(first.get().delete()).isTrue();
        return;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    throw new IllegalStateException("There was no chunk to steal");
  }

  private static Optional<File> file(Path folder, String start) {
    File[] files = folder.toFile().listFiles((parent, name) -> name.startsWith(start));
    return Stream.ofNullable(files).flatMap(Stream::of).findFirst();
  }

  @Test
  void aFolderThatIsRemovedDuringTheRunEndsIt() throws Exception {
    System.setProperty(StubLoader.PAUSE, "1000");
    try {
      runs = new Runs(spark, folder.resolve("removed")).withPrompts();
      CompletableFuture<Void> remover =
          CompletableFuture.runAsync(
              () -> runsOnce(runs.images(), "chunk-0000", this::removeOutput));

      assertThatThrownBy(runs.action()::execute)
          .isInstanceOf(JobFailedException.class)
          .hasMessageContaining("The lock of output folder " + runs.output() + " is gone")
          .hasMessageContaining("the command");

      remover.join();
    } finally {
      System.clearProperty(StubLoader.PAUSE);
    }
    assertThat(runs.output().resolve("plan.json")).doesNotExist();
    assertThat(runs.output().resolve("run.json")).doesNotExist();
  }

  private void removeOutput() {
    for (int i = 0; i < 5; i++) { // tasks may write meanwhile
      Utils.deleteQuietly(runs.output());
    }
  }

  @Test
  void withoutItsManifestARunLosesNothing() throws Exception {
    runs.action().commit(CommitMode.MANIFEST).existing(ExistingOutput.OVERWRITE).execute();
    List<String> before = runs.files("images");
    for (String name : runs.files("")) {
      if (name.startsWith("_manifest")) {
        Files.delete(runs.output().resolve(name));
      }
    }

    assertThat(runs.status()).contains("20 of 20 done");
    runs.action().execute();

    assertThat(runs.files("images")).isEqualTo(before);
    assertThat(runs.files("")).anyMatch(name -> name.startsWith("_manifest"));
    assertThat(runs.verify().problems()).isEmpty();
  }

  @Test
  void aDamagedNewerFileDoesNotTakeThePlaceOfAGoodOne() throws Exception {
    byte[] good = Files.readAllBytes(runs.chunk(1));
    byte[] damaged = good.clone();
    damaged[damaged.length / 3] ^= 1;
    Files.write(runs.images().resolve("chunk-00001.r1.parquet"), damaged);

    runs.action().execute();

    assertThat(runs.chunk(1)).hasBinaryContent(good);
    assertThat(runs.files("_aside")).singleElement().asString().startsWith("chunk-00001.r1");
  }

  @Test
  void promptsThatChangeBeforeTheyAreReadAreNoticed() throws Exception {
    runs = new Runs(spark, folder.resolve("changing"));
    Path prompts = writePrompts("prompts", "cat");
    Path others = null; // checksums of pages take four or five bytes
    for (String animal : List.of("dog", "cow", "pig", "hen", "ant", "bee", "fox", "owl")) {
      Path written = writePrompts(animal, animal);
      others = Files.size(written) == Files.size(prompts) ? written : others;
    }
    Path same = others;
    assertThat(same).as("other prompts of the same length").isNotNull();
    CompletableFuture<Void> changer =
        CompletableFuture.runAsync(
            () -> runsOnce(runs.output(), "plan.json", () -> replace(prompts, same)));

    Throwable thrown = catchThrowable(runs.action()::execute);
    changer.join();
    assertThat(thrown)
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("were changed before they were read")
        .hasMessageContaining("Finished chunks stay: 0 of 5");
    assertThat(runs.files("images")).isEmpty();
    assertThat(runs.files("_aside")).hasSize(5);
  }

  /** A table of one file. */
  private Path writePrompts(String name, String animal) throws IOException {
    Path table = runs.folder().resolve(name);
    spark
        .range(0, Runs.ROWS, 1, 1)
        .selectExpr("'a %s ' || id prompt".formatted(animal), "string(id) id")
        .write()
        .option("compression", "none")
        .parquet(table.toString());
    for (File checksum : table.toFile().listFiles((parent, file) -> file.endsWith(".crc"))) {
      Files.delete(checksum.toPath());
    }
    return file(table, "part-").orElseThrow().toPath();
  }

  private static void replace(Path file, Path other) {
    try {
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void runsOnce(Path folder, String start, Runnable change) {
    for (long end = System.nanoTime() + 60_000_000_000L; System.nanoTime() < end; ) {
      if (file(folder, start).isPresent()) {
        change.run();
        return;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    throw new IllegalStateException("There was no " + start);
  }

  @Test
  void aPlanThatVanishesDuringTheRunIsWrittenAgain() throws Exception {
    System.setProperty(StubLoader.PAUSE, "300");
    runs = new Runs(spark, folder.resolve("unplanned")).withPrompts();
    Path plan = runs.output().resolve("plan.json");
    CompletableFuture<Void> remover =
        CompletableFuture.runAsync(
            () ->
                runsOnce(
                    runs.images(),
                    "chunk-00000.",
                    () -> assertThat(plan.toFile().delete()).isTrue()));
    try {
      runs.action().execute();
      remover.join();
    } finally {
      System.clearProperty(StubLoader.PAUSE);
    }
    assertThat(runs.verify().problems()).isEmpty();
  }

  @Test
  void foldersWithCharactersOfPatternsAreFolders() throws Exception {
    runs = new Runs(spark, folder.resolve("a[1]{b,c}*?")).withPrompts();
    Files.move(runs.folder().resolve("prompts"), folder.resolve("plain"));

    GenerateImages action = runs.action().input(folder.resolve("plain").toString());
    assertThat(action.execute().summary().images()).isEqualTo(Runs.ROWS);
    assertThat(runs.verify().problems()).isEmpty();
  }

  @Test
  void whatNoRunHasLeftStays() throws Exception {
    for (String name : List.of("_staging/mine/x", "images/.mine/x", "_notes/x")) {
      Files.createDirectories(runs.output().resolve(name).getParent());
      Files.writeString(runs.output().resolve(name), "x");
    }

    runs.action().existing(ExistingOutput.OVERWRITE).execute();

    for (String name : List.of("_staging/mine/x", "images/.mine/x", "_notes/x")) {
      assertThat(runs.output().resolve(name)).exists();
    }
    Files.writeString(runs.output().resolve("notes.txt"), "x");
    assertThat(runs.status()).contains("notes.txt does not belong to this run");
    assertThat(runs.verify().problems()).contains("notes.txt does not belong to this run");
  }

  @Test
  void aPipeInThePlaceOfAFileIsNoFile() throws Exception {
    for (String name : List.of("plan.json", "run.json", "_lock", "images/chunk-00001.parquet")) {
      Path file = runs.output().resolve(name);
      Path kept = Files.exists(file) ? Files.move(file, folder.resolve("kept")) : null;
      assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();

      assertThat(runs.verify().problems().isEmpty() && !name.equals("_lock")).as(name).isFalse();

      Files.delete(file);
      if (kept != null) {
        Files.move(kept, file);
      }
    }
  }

  @Test
  void aDamagedPlanIsRefusedUntilTheFolderIsOverwritten() throws Exception {
    Path plan = runs.output().resolve("plan.json");
    Files.writeString(plan, Files.readString(plan).replace("\"rows\" : 20", "\"rows\" : 24"));

    assertThatThrownBy(runs.action()::execute)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("plan.json is damaged")
        .hasMessageContaining("restore it, or start anew with --overwrite");
    assertThat(runs.verify().problems())
        .anyMatch(problem -> problem.contains("plan.json is damaged"));
    assertThat(runs.verify().remedy()).startsWith("restore plan.json");
    assertThatThrownBy(runs::status)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("restore it, or start anew with generate --overwrite");
    runs.action().existing(ExistingOutput.OVERWRITE).execute();
    assertThat(runs.verify().problems()).isEmpty();
  }
}
