package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.Spark;
import io.boxwright.testing.TinyModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands that run in the process of the tests. Their prompts and outputs are in a temporary
 * folder, and what they print is kept.
 */
abstract class CommandRuns {

  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();

  /** The settings of Spark, as {@code spark-submit} hands them over. */
  final SparkConf conf = Spark.conf();

  @TempDir Path folder;

  /** Runs a command; returns its exit code. */
  int run(String... arguments) {
    return BoxwrightCommand.run(
        conf, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  /** Runs {@code generate} with the tiny model, from {@code prompts} to {@code out}. */
  int generate(String... options) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("generate", "--model", TinyModel.FOLDER.toString()));
    arguments.addAll(List.of("--input", folder.resolve("prompts").toString()));
    arguments.addAll(List.of("--output", folder.resolve("out").toString()));
    arguments.addAll(List.of("--batch-size", "1"));
    arguments.addAll(List.of(options));
    return run(arguments.toArray(String[]::new));
  }

  /** Writes the result of a query as the prompt table. */
  void writePrompts(String query) throws Exception {
    try (var spark = Spark.local()) {
      LocalSpark.table(spark, folder.resolve("prompts"), query);
    }
  }

  /** Asserts that a command was refused with messages before it made anything. */
  void assertRefused(int exitCode, String... messages) {
    assertThat(exitCode).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains(messages).doesNotContain("\tat ");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  /** Asserts that a command was refused in one line, and forgets that line. */
  void assertOneLine(int exitCode, String remedy) {
    assertThat(exitCode).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).hasLineCount(1).contains(remedy);
    err.getBuffer().setLength(0);
  }
}
