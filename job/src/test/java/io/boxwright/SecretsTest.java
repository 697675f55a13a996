package io.boxwright;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.ChildJvm;
import io.boxwright.testing.Spark;
import io.boxwright.testing.StubLoader;
import io.boxwright.testing.VaultFileSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets in settings and in URIs, and all the places where they could come out. */
class SecretsTest {

  private static final String SECRET_KEY = "spark.hadoop.fs.s3a.secret.key";

  @TempDir private Path folder;

  private String vault(String password, String name) {
    return "vault://me:" + password + "@host" + folder.resolve(name);
  }

  /** Ends with an exit code; what it says is in the file {@code log}. */
  private int run(String command, String... arguments) throws Exception {
    List<String> all = new ArrayList<>();
    SparkConf conf =
        Spark.localConf()
            .set("spark.hadoop.fs.vault.impl", VaultFileSystem.class.getName())
            .set(SECRET_KEY, "hidden key")
            .set("spark.ui.enabled", "true")
            .set("spark.logConf", "true")
            .set("spark.eventLog.enabled", "true")
            .set(
                "spark.eventLog.dir", Files.createDirectories(folder.resolve("events")).toString());
    Stream.of(conf.getAll()).forEach(set -> all.add("-D" + set._1() + "=" + set._2()));
    Path logging = Path.of("..", "conf", "log4j2.properties").toAbsolutePath().normalize();
    all.add("-Dlog4j2.configurationFile=file:" + logging);
    all.add(Main.class.getName());
    all.addAll(List.of(arguments));
    Process process =
        ChildJvm.start(folder.resolve("log"), all, Map.of("BOXWRIGHT_COMMAND", command));
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    return process.exitValue();
  }

  private int generate(String password, String... options) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("generate", "--model", "shapes"));
    arguments.addAll(List.of("--model-cache", folder.resolve("cache").toString()));
    arguments.addAll(List.of("--input", vault(password, "prompts")));
    arguments.addAll(List.of("--output", vault(password, "out")));
    arguments.addAll(List.of("--pipeline-loader", StubLoader.class.getName()));
    arguments.addAll(List.of("--device", "cpu", "--detector", "none"));
    arguments.addAll(List.of(options));
    String command =
        "boxwright\n--conf\n" + SECRET_KEY + "=hidden\\ key\n" + String.join("\n", arguments);
    return run(command, arguments.toArray(String[]::new));
  }

  private void makePrompts(String prompt) throws Exception {
    try (SparkSession spark = Spark.local()) {
      Spark.table(spark, folder.resolve("prompts"), "select %s prompt".formatted(prompt));
    }
  }

  private String log() throws Exception {
    return Files.readString(folder.resolve("log"));
  }

  private void assertNothingIsTold() throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(text(file)).as(file.toString()).doesNotContain("hidden");
      }
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }

  @Test
  void noSecretIsInFilesLogsAndSparksPages() throws Exception {
    makePrompts("'' || id from range(3) union all select 'fail once'");

    assertThat(generate("hidden")).as(log()).isEqualTo(ExitCode.ROWS_FAILED);

    assertNothingIsTold();
    assertThat(Files.readString(folder.resolve("out/plan.json")))
        .contains("vault://***@host" + folder.resolve("prompts"));
    assertThat(Files.readString(folder.resolve("out/run.json")))
        .contains("--conf " + SECRET_KEY + "=*** generate")
        .contains("--output vault://***@host");
  }

  @Test
  void aRunGoesOnWithAnotherPasswordAndSaysThatItIsWanted() throws Exception {
    makePrompts("'fail once'");
    assertThat(generate("hidden")).as(log()).isEqualTo(ExitCode.ROWS_FAILED);

    assertThat(run("", "status", vault("hidden", "out"))).as(log()).isEqualTo(ExitCode.OK);
    assertThat(log()).contains("none --retry-errors  # put the secrets back in the place of ***");
    assertNothingIsTold();

    assertThat(generate("hidden2")).as(log()).isEqualTo(ExitCode.ROWS_FAILED);
    assertThat(log()).contains("0 of 1 images made");
    assertNothingIsTold();
  }

  @Test
  void noSecretIsInMessages() throws Exception {
    assertThat(generate("hidden")).as(log()).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(log()).contains("Cannot read prompts from vault://***@host").doesNotContain("\tat ");
    assertNothingIsTold();

    assertThat(generate("hidden", SECRET_KEY + "=hidden key")).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(log()).contains("Unmatched argument").doesNotContain("\tat ");
    assertNothingIsTold();
  }
}
