package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.job.output.CommitMode;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.PaintingLoader;
import io.boxwright.testing.Spark;
import io.boxwright.testing.TinyModel;
import io.boxwright.testing.TinyScorers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Drivers that are killed, or whose disk is full, read-only or hangs; then a run, an evaluation or
 * an export that goes on. {@code -Dboxwright.faults=20} kills at 20 random moments, and before and
 * after each of the renames of a run; the default is few of them.
 */
class FaultTest extends DriverProcesses {

  private static final int KILLED = 137;

  /** Those of every run: lock, plan, eight chunks, contact sheet, and run.json three times. */
  private static final int RENAMES = 14;

  private static Path painted;

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

  private static List<String> evaluate(String name) {
    return List.of(
        "evaluate",
        painted.toString(),
        "--detector=" + TinyScorers.OWL_VIT,
        "--detector-threshold=0",
        "--benchmark=7bench",
        "--device=cpu",
        "--name=" + name);
  }

  /** The chunks and figures of an evaluation by their names. */
  private static Map<String, byte[]> scores(Path evaluation) throws Exception {
    Map<String, byte[]> bytes = new TreeMap<>();
    try (Stream<Path> files = Files.list(evaluation.resolve("images"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".parquet")).toList()) {
        bytes.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    Path figures = evaluation.resolve("evaluation.json");
    if (Files.exists(figures)) {
      bytes.put("evaluation.json", Files.readAllBytes(figures));
    }
    return bytes;
  }

  /** Makes a run of eight chunks whose images have something to look for. */
  @BeforeAll
  static void paint() throws Exception {
    painted = folder.resolve("painted/out");
    Path prompts = painted.resolveSibling("prompts");
    try (SparkSession spark = Spark.local()) {
      LocalSpark.table(
          spark,
          prompts,
          "select 'a red circle' prompt, string(id) id, id seed,"
              + " array(array(0.1D, 0.1D, 0.6D, 0.6D)) bboxes, array('a red circle') phrases"
              + " from range(0, %d, 1, 1)".formatted(ROWS));
    }
    assertThat(
            run(
                "generate",
                "--model=" + TinyModel.FOLDER,
                "--device=cpu",
                "--input=" + prompts,
                "--output=" + painted,
                "--pipeline-loader=" + PaintingLoader.class.getName(),
                "--chunk-rows=3"))
        .isEqualTo(ExitCode.OK);
  }

  /** The third chunk is never created, so the kill comes between the first and the last one. */
  @Test
  void anEvaluationWhoseDriverIsKilledGoesOnToTheSameBytes() throws Exception {
    assertThat(run(evaluate("whole").toArray(String[]::new))).isEqualTo(ExitCode.OK);
    Path killed = painted.resolve("evaluations/killed");
    Process driver = start("hang 3", List.of(), evaluate("killed"));
    awaitFile(driver, killed.resolve("images/chunk-00000.parquet"));
    driver.destroyForcibly().waitFor();
    assertThat(driver.exitValue()).as(log()).isEqualTo(KILLED);
    assertThat(scores(killed)).hasSizeBetween(1, 7).doesNotContainKey("evaluation.json");

    assertThat(run(evaluate("killed").toArray(String[]::new))).isEqualTo(ExitCode.OK);

    Map<String, byte[]> found = scores(killed);
    assertThat(found).hasSize(9);
    assertSame(found, scores(painted.resolve("evaluations/whole")));
    assertThat(run("verify", killed.toString())).isEqualTo(ExitCode.OK);
  }

  private static void assertSame(Map<String, byte[]> found, Map<String, byte[]> expected) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    found.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(expected.get(name)));
  }

  private static List<String> export(Path output) {
    return List.of("export", painted.toString(), "--format=coco", "--output=" + output);
  }

  /** All files below a folder by their paths in it. */
  private static Map<String, byte[]> files(Path root) throws Exception {
    Map<String, byte[]> bytes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes.put(root.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return bytes;
  }

  /** The ninth picture is never created, so the kill comes between the first and the last one. */
  @Test
  void anExportWhoseDriverIsKilledGoesOnToTheSameBytes() throws Exception {
    Path killed = folder.resolve("killed/out");
    Process driver = start("hang 9", List.of(), export(killed));
    awaitFiles(driver, killed.resolve("images/train"), 3);
    driver.destroyForcibly().waitFor();
    assertThat(driver.exitValue()).as(log()).isEqualTo(KILLED);
    assertThat(killed.resolve("images/train").toFile().list()).hasSizeBetween(3, ROWS - 1);
    assertThat(killed.resolve("README.md")).doesNotExist();

    assertThat(run(export(killed).toArray(String[]::new))).isEqualTo(ExitCode.OK);

    Path whole = folder.resolve("whole/out");
    assertThat(run(export(whole).toArray(String[]::new))).isEqualTo(ExitCode.OK);
    assertSame(files(killed), files(whole));
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
    return FAULTS > 0
        ? IntStream.of(1, 2, 3, 4, 6, 9, 12)
            .boxed()
            .flatMap(n -> Stream.of("full " + n, "read-only " + n))
        : Stream.of("full 5", "read-only 2");
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
  void aFileSystemThatHangsIsGivenUp() throws Exception {
    Path output = folder.resolve("hangs/out");
    Process driver = start(output, "hang 3");
    assertThat(driver.waitFor(5, TimeUnit.MINUTES)).isTrue();

    assertThat(log()).contains("did not create", "within 2 s", "to go on: ");
    assertGoesOn(output);
  }
}
