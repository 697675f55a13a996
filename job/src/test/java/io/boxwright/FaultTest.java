package io.boxwright;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.boxwright.actions.ReadStatus;
import io.boxwright.output.CommitMode;
import io.boxwright.report.RunStatus;
import io.boxwright.testing.ChildJvm;
import io.boxwright.testing.FaultyFileSystem;
import io.boxwright.testing.Spark;
import io.boxwright.testing.StubLoader;
import io.boxwright.testing.TinyModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Drivers in processes of their own that are killed or paused, or whose disk is full, read-only or
 * hangs; then a run that goes on. {@code -Dboxwright.faults=20} kills at 20 random moments, and
 * before and after each of the renames of a run; the default is few of them.
 */
class FaultTest {

  private static final int FAULTS = Integer.getInteger("boxwright.faults", 0);
  private static final int ROWS = 24;
  private static final int KILLED = 137;

  /** Those of every run: lock, plan, eight chunks, contact sheet, and run.json three times. */
  private static final int RENAMES = 14;

  @TempDir private static Path folder;
  private static List<String> undisturbed;
  private static final AtomicInteger LOGS = new AtomicInteger();

  /** Of the child that was started last. */
  private Path log;

  @BeforeAll
  static void makeUndisturbed() throws Exception {
    try (SparkSession spark = Spark.local()) {
      spark
          .sql("select 'p ' || id prompt, string(id) id from range(0, %d, 1, 2)".formatted(ROWS))
          .write()
          .parquet(folder.resolve("prompts").toString());
    }
    Path output = folder.resolve("undisturbed/out");
    assertThat(resume(output)).isEqualTo(ExitCode.OK);
    undisturbed = rows(output);
  }

  private static String[] generate(Path output) {
    return new String[] {
      "generate",
      "--model",
      TinyModel.FOLDER.toString(),
      "--device",
      "cpu",
      "--input",
      folder.resolve("prompts").toString(),
      "--output",
      output.toString(),
      "--pipeline-loader",
      StubLoader.class.getName(),
      "--batch-size",
      "1",
      "--chunk-rows",
      "3"
    };
  }

  private static int resume(Path output) {
    return run(generate(output));
  }

  private static int run(String... arguments) {
    PrintWriter out = new PrintWriter(new StringWriter());
    return Main.run(Spark.localConf(), out, new PrintWriter(System.err, true), arguments);
  }

  /** A driver that meets a fault. */
  private Process start(Path output, String fault, String... options) throws Exception {
    return start(output, fault, 100, options);
  }

  private Process start(Path output, String fault, int pauseMillis, String... options)
      throws Exception {
    List<String> command = new ArrayList<>();
    SparkConf conf =
        Spark.localConf().set("spark.hadoop.fs.file.impl", FaultyFileSystem.class.getName());
    Stream.of(conf.getAll()).forEach(set -> command.add("-D" + set._1() + "=" + set._2()));
    command.add("-D" + FaultyFileSystem.FAULT + "=" + fault);
    command.add("-D" + StubLoader.PAUSE + "=" + pauseMillis);
    command.add("-Dspark.hadoop.boxwright.output.create.timeout.seconds=2");
    command.add(Main.class.getName());
    command.addAll(List.of(generate(output)));
    command.addAll(List.of(options));
    log = folder.resolve("log " + LOGS.incrementAndGet());
    return ChildJvm.start(log, command);
  }

  private String log() throws Exception {
    return Files.readString(log);
  }

  /** All columns but how long it took. */
  private static List<String> rows(Path output) throws Exception {
    try (SparkSession spark = Spark.local()) {
      return spark
          .read()
          .parquet(output.resolve("images").toString())
          .drop("seconds")
          .selectExpr("to_json(struct(*)) row")
          .collectAsList()
          .stream()
          .map(row -> row.getString(0))
          .sorted()
          .toList();
    }
  }

  private void assertGoesOn(Path output) throws Exception {
    assertThat(resume(output)).isEqualTo(ExitCode.OK);
    assertThat(run("verify", output.toString())).isEqualTo(ExitCode.OK);
    assertThat(output.resolve("_staging")).doesNotExist();
    assertThat(output.resolve("_lock")).doesNotExist();
    assertThat(rows(output)).isEqualTo(undisturbed);
  }

  static Stream<String> boundaries() {
    Stream<String> all =
        IntStream.rangeClosed(1, Math.min(FAULTS, RENAMES))
            .boxed()
            .flatMap(n -> Stream.of("before-rename " + n, "after-rename " + n));
    return FAULTS > 0
        ? Stream.concat(all, Stream.of("after-create 1", "after-create 2", "after-create 3"))
        : Stream.of("after-rename 2", "before-rename 6");
  }

  @ParameterizedTest
  @MethodSource("boundaries")
  void aDriverKilledAtABoundaryCostsNothing(String fault) throws Exception {
    Path output = folder.resolve(fault + "/out");
    Process driver = start(output, fault);
    assertThat(driver.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(driver.exitValue()).as(log()).isEqualTo(KILLED);

    assertGoesOn(output);
  }

  static IntStream moments() {
    return IntStream.range(0, Math.max(2, FAULTS));
  }

  @ParameterizedTest
  @MethodSource("moments")
  void aDriverKilledAtAnyMomentCostsNothing(int seed) throws Exception {
    Path output = folder.resolve("moment " + seed + "/out");
    String commit = CommitMode.values()[seed % 2].toString();
    Process driver = start(output, "none", "--commit", commit);
    awaitFile(driver, output.resolve("plan.json"));
    driver.waitFor(new Random(seed).nextInt(3000), TimeUnit.MILLISECONDS);
    driver.destroyForcibly().waitFor();

    assertGoesOn(output);
  }

  private static void awaitFile(Process driver, Path file) throws Exception {
    while (driver.isAlive() && !Files.exists(file)) {
      driver.waitFor(20, TimeUnit.MILLISECONDS);
    }
  }

  private static void awaitFiles(Process driver, Path images, int count) throws Exception {
    while (driver.isAlive() && count(images) < count) {
      driver.waitFor(20, TimeUnit.MILLISECONDS);
    }
    assertThat(driver.isAlive()).isTrue();
  }

  private static int count(Path images) {
    String[] names = images.toFile().list();
    return names == null ? 0 : names.length;
  }

  @Test
  void aFullDiskIsNamedAndTheRunGoesOn() throws Exception {
    Path output = folder.resolve("full/out");
    Process driver = start(output, "no-space 4");
    assertThat(driver.waitFor(5, TimeUnit.MINUTES)).isTrue();

    assertThat(driver.exitValue()).isEqualTo(ExitCode.UNEXPECTED);
    assertThat(log())
        .contains("Cannot make the images:", "No space left on device")
        .contains("make room, then the same command goes on: boxwright generate --model ");
    assertGoesOn(output);
  }

  /** The first files are lock, plan and run.json; then come chunks, and lock and run.json again. */
  static Stream<String> diskFaults() {
    return IntStream.of(FAULTS > 0 ? new int[] {1, 2, 3, 4, 6, 9, 12} : new int[] {2, 5})
        .boxed()
        .flatMap(n -> Stream.of("full " + n, "read-only " + n));
  }

  @ParameterizedTest
  @MethodSource("diskFaults")
  void aDiskFaultEndsWithOneLineThatSaysWhatToDo(String fault) throws Exception {
    Path output = folder.resolve(fault + "/out");
    Process driver = start(output, fault);
    assertThat(driver.waitFor(5, TimeUnit.MINUTES)).isTrue();

    assertThat(driver.exitValue()).as(log()).isEqualTo(ExitCode.UNEXPECTED);
    String remedy = fault.startsWith("full") ? "make room" : "make it writable again";
    assertThat(log().lines().filter(line -> line.startsWith("Cannot ")))
        .singleElement()
        .asString()
        .contains(remedy + ", then the same command goes on: boxwright generate --model ");
    assertGoesOn(output);
  }

  @Test
  void aDiskThatIsFullForAWhileDoesNotEndTheSignsOfLife() throws Exception {
    Path output = folder.resolve("full for a while/out");
    int milliseconds = FAULTS > 0 ? 10_000 : 4000;
    Process driver = start(output, "full-for " + milliseconds, 2 * milliseconds / ROWS + 500);
    assertThat(driver.waitFor(5, TimeUnit.MINUTES)).isTrue();

    assertThat(driver.exitValue()).as(log()).isEqualTo(ExitCode.OK);
    assertThat(log().lines().filter(line -> line.contains("Cannot renew the lock"))).hasSize(1);
    assertThat(log().lines().filter(line -> line.contains("works again: renew the lock")))
        .hasSize(1);
    assertGoesOn(output);
  }

  private void signal(Process process, String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
  }

  /** What the folder holds, by path; without checksums, which no reader of ours looks at. */
  private static Map<String, String> contents(Path output) throws Exception {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(output)) {
      for (Path file : files.filter(file -> !file.toString().endsWith(".crc")).toList()) {
        contents.put(
            file.toString(),
            Files.isDirectory(file)
                ? "folder"
                : Files.getLastModifiedTime(file)
                    + " "
                    + Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void aPausedDriverThatWakesAfterAnotherTouchesNothing(CommitMode commit) throws Exception {
    Path output = folder.resolve("paused " + commit + "/out");
    Process driver = start(output, "none", 500, "--commit", commit.toString());
    awaitFiles(driver, output.resolve("images"), 3);
    signal(driver, "STOP");
    Files.setLastModifiedTime(
        output.resolve("_lock"), FileTime.from(Instant.now().minusSeconds(3600)));

    assertGoesOn(output);
    Map<String, String> afterTheSecond = contents(output);
    signal(driver, "CONT");
    assertThat(driver.waitFor(2, TimeUnit.MINUTES)).isTrue();

    assertThat(driver.exitValue()).as(log()).isEqualTo(ExitCode.UNEXPECTED);
    assertThat(log().lines().filter(line -> line.startsWith("The lock of output folder ")))
        .singleElement()
        .asString()
        .contains("is gone, so another run may have it", "has touched nothing there since");
    assertThat(contents(output)).isEqualTo(afterTheSecond);
  }

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void aPausedDriverThatWakesBesideAnotherTouchesNothing(CommitMode commit) throws Exception {
    Path output = folder.resolve("paused beside " + commit + "/out");
    Process first = start(output, "none", 500, "--commit", commit.toString());
    Path firstLog = log;
    awaitFiles(first, output.resolve("images"), 2);
    signal(first, "STOP");
    Files.setLastModifiedTime(
        output.resolve("_lock"), FileTime.from(Instant.now().minusSeconds(3600)));
    Process second = start(output, "none", 500, "--commit", commit.toString());
    awaitFiles(second, output.resolve("images"), 5);
    signal(first, "CONT");
    assertThat(first.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(second.waitFor(2, TimeUnit.MINUTES)).isTrue();

    assertThat(first.exitValue()).isEqualTo(ExitCode.UNEXPECTED);
    assertThat(Files.readString(firstLog))
        .contains("was taken by another run: process " + second.pid());
    assertThat(second.exitValue()).as(log()).isEqualTo(ExitCode.OK);
    assertThat(output.resolve("_staging")).doesNotExist();
    assertGoesOn(output);
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aDriverThatIsToldToStopSaysHowToGoOn(String signal, int exitCode) throws Exception {
    Path output = folder.resolve("stopped by " + signal + "/out");
    Process driver = start(output, "none", 400);
    awaitFiles(driver, output.resolve("images"), 2);
    assumeTrue(hears(driver, signal), "shells start what runs in the background deaf to SIGINT");
    signal(driver, signal);
    assertThat(driver.waitFor(1, TimeUnit.MINUTES)).isTrue();

    assertThat(driver.exitValue()).as(log()).isEqualTo(exitCode);
    RunStatus status = new ReadStatus(new Configuration()).execute(output.toString());
    assertThat(log().lines().filter(line -> !line.matches("  \\d+/24 images.*")))
        .filteredOn(line -> !line.contains("WARN NativeCodeLoader") && !line.contains("WARN Utils"))
        .singleElement()
        .asString()
        .startsWith(
            "Stopped: %d of 24 images are done. To go on: boxwright generate --model "
                .formatted(status.done()));
    assertThat(status.state()).startsWith("interrupted at ");
    assertThat(status.done()).isBetween(3L, 21L);
    assertThat(output.resolve("_lock")).doesNotExist();
    assertGoesOn(output);
  }

  /** Whether a process does not ignore a signal. */
  private static boolean hears(Process process, String signal) throws Exception {
    int number = signal.equals("INT") ? 2 : 15;
    String ignored =
        Files.readAllLines(Path.of("/proc/%d/status".formatted(process.pid()))).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow();
    return (Long.parseUnsignedLong(ignored.split("\\s+")[1], 16) >> (number - 1) & 1) == 0;
  }

  @Test
  void aFileSystemThatHangsIsGivenUp() throws Exception {
    Path output = folder.resolve("hangs/out");
    Process driver = start(output, "hang 3");
    assertThat(driver.waitFor(5, TimeUnit.MINUTES)).isTrue();

    assertThat(log()).contains("did not create", "within 2 s", "to go on: ");
    assertGoesOn(output);
  }
}
