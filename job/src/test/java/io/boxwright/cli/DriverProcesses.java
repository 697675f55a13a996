package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.ChildJvm;
import io.boxwright.testing.FaultyFileSystem;
import io.boxwright.testing.Spark;
import io.boxwright.testing.StubLoader;
import io.boxwright.testing.TinyModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Drivers in processes of their own that meet faults, and then a run that goes on. {@code
 * -Dboxwright.faults=20} asks for more faults than every build has.
 */
abstract class DriverProcesses {

  static final int FAULTS = Integer.getInteger("boxwright.faults", 0);
  static final int ROWS = 24;

  @TempDir static Path folder;
  private static List<String> undisturbed;
  private static final AtomicInteger LOGS = new AtomicInteger();

  /** Of the child that was started last. */
  Path log;

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

  static int run(String... arguments) {
    PrintWriter out = new PrintWriter(new StringWriter());
    return BoxwrightCommand.run(Spark.conf(), out, new PrintWriter(System.err, true), arguments);
  }

  /** A driver that meets a fault. */
  Process start(Path output, String fault, String... options) throws Exception {
    return start(output, fault, 100, options);
  }

  Process start(Path output, String fault, int pauseMillis, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(generate(output)));
    arguments.addAll(List.of(options));
    return start(
        fault,
        List.of(
            "-D" + StubLoader.PAUSE + "=" + pauseMillis,
            "-Dspark.hadoop.boxwright.output.create.timeout.seconds=2"),
        arguments);
  }

  /** Any command that meets a fault, with properties more. */
  Process start(String fault, List<String> properties, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    SparkConf conf =
        Spark.conf().set("spark.hadoop.fs.file.impl", FaultyFileSystem.class.getName());
    Stream.of(conf.getAll()).forEach(set -> command.add("-D" + set._1() + "=" + set._2()));
    command.add("-D" + FaultyFileSystem.FAULT + "=" + fault);
    command.addAll(properties);
    command.add(BoxwrightCommand.MAIN_CLASS);
    command.addAll(arguments);
    log = folder.resolve("log " + LOGS.incrementAndGet());
    return ChildJvm.start(log, command);
  }

  String log() throws Exception {
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

  void assertGoesOn(Path output) throws Exception {
    assertThat(resume(output)).isEqualTo(ExitCode.OK);
    assertThat(run("verify", output.toString())).isEqualTo(ExitCode.OK);
    assertThat(output.resolve("_staging")).doesNotExist();
    assertThat(output.resolve("_lock")).doesNotExist();
    assertThat(rows(output)).isEqualTo(undisturbed);
  }

  static void awaitFile(Process driver, Path file) throws Exception {
    while (driver.isAlive() && !Files.exists(file)) {
      driver.waitFor(20, TimeUnit.MILLISECONDS);
    }
  }

  static void awaitFiles(Process driver, Path images, int count) throws Exception {
    while (driver.isAlive() && count(images) < count) {
      driver.waitFor(20, TimeUnit.MILLISECONDS);
    }
    assertThat(driver.isAlive()).isTrue();
  }

  private static int count(Path images) {
    String[] names = images.toFile().list();
    return names == null ? 0 : names.length;
  }
}
