package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.ChildJvm;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.Spark;
import io.boxwright.testing.StubLoader;
import io.boxwright.testing.TinyModel;
import io.boxwright.testing.VaultFileSystem;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets in settings and in URIs, and all the places where they could come out. */
class SecretsTest {

  private static final String SECRET_KEY = "spark.hadoop.fs.s3a.secret.key";

  /**
   * What Spark itself writes into event logs without hiding anything: where plans read and write.
   */
  private static final String PATHS_OF_SPARK =
      "\"Location\":\"[^\"]*\"|InsertIntoHadoopFsRelationCommand [^ ]*";

  @TempDir private Path folder;

  private final StringWriter console = new StringWriter();

  private SparkConf conf() throws IOException {
    return Spark.conf()
        .set("spark.hadoop.fs.vault.impl", VaultFileSystem.class.getName())
        .set(SECRET_KEY, "swordfish swordfish")
        .set("spark.logConf", "true")
        .set("spark.eventLog.enabled", "true")
        .set("spark.eventLog.dir", Files.createDirectories(folder.resolve("events")).toString());
  }

  private String vault(String password, String name) {
    return "vault://me:" + password + "@host" + folder.resolve(name);
  }

  private String[] generate(String password, String... options) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("generate", "--model", TinyModel.FOLDER.toString()));
    arguments.addAll(List.of("--input", vault(password, "prompts")));
    arguments.addAll(List.of("--output", vault(password, "out")));
    arguments.addAll(List.of("--pipeline-loader", StubLoader.class.getName()));
    arguments.addAll(List.of("--device", "cpu"));
    arguments.addAll(List.of(options));
    return arguments.toArray(String[]::new);
  }

  /** In a process of its own, with the settings of logging that the launcher uses. */
  private int runLaunched(String... arguments) throws Exception {
    List<String> all = new ArrayList<>();
    Stream.of(conf().getAll()).forEach(set -> all.add("-D" + set._1() + "=" + set._2()));
    Path logging = Path.of("..", "conf", "log4j2.properties").toAbsolutePath().normalize();
    all.add("-Dlog4j2.configurationFile=file:" + logging);
    all.add(BoxwrightCommand.MAIN_CLASS);
    all.addAll(List.of(arguments));
    String command =
        "boxwright\n--conf\n"
            + SECRET_KEY
            + "=swordfish\\ swordfish\n"
            + String.join("\n", arguments);
    Process process =
        ChildJvm.start(folder.resolve("log"), all, Map.of("BOXWRIGHT_COMMAND", command));
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    return process.exitValue();
  }

  private int run(String... arguments) throws IOException {
    PrintWriter out = new PrintWriter(console, true);
    return BoxwrightCommand.run(conf(), out, out, arguments);
  }

  private void makePrompts() throws Exception {
    try (SparkSession spark = Spark.local()) {
      LocalSpark.table(
          spark,
          folder.resolve("prompts"),
          "select 'p' || id prompt from range(3) union all select 'fail once'");
    }
  }

  private void assertNothingIsTold() throws Exception {
    assertThat(around(console.toString())).isEmpty();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(around(text.replaceAll(PATHS_OF_SPARK, ""))).as(file.toString()).isEmpty();
      }
    }
  }

  /** The places of secrets, with what is beside them. */
  private static List<String> around(String text) {
    return Pattern.compile(".{0,150}swordfish.{0,50}")
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .toList();
  }

  @Test
  void noSecretIsInFilesAndLogs() throws Exception {
    makePrompts();

    int exitCode = runLaunched(generate("swordfish"));

    assertThat(exitCode)
        .as(Files.readString(folder.resolve("log")))
        .isEqualTo(ExitCode.ROWS_FAILED);
    assertNothingIsTold();
    assertThat(Files.readString(folder.resolve("log"))).contains("--input has credentials");
    assertThat(Files.readString(folder.resolve("out/plan.json")))
        .contains("vault://***@host" + folder.resolve("prompts"));
    assertThat(Files.readString(folder.resolve("out/run.json")))
        .contains("--conf " + SECRET_KEY + "=*** generate")
        .contains("--output vault://***@host")
        .contains("\"folder\" : \"vault://***@host" + folder.resolve("out"));

    assertThat(run("status", folder.resolve("out").toString())).isEqualTo(ExitCode.OK);
    assertThat(console.toString())
        .contains("cpu --retry-errors  # put the secrets back in the place of ***");
  }

  @Test
  void aRunGoesOnWithAnotherPassword() throws Exception {
    makePrompts();
    assertThat(run(generate("swordfish"))).isEqualTo(ExitCode.ROWS_FAILED);
    String plan = Files.readString(folder.resolve("out/plan.json"));

    assertThat(run(generate("swordfish2"))).as(console.toString()).isEqualTo(ExitCode.ROWS_FAILED);

    assertThat(Files.readString(folder.resolve("out/plan.json"))).isEqualTo(plan);
    assertNothingIsTold();
  }

  @Test
  void noSecretIsInMessages() throws Exception {
    assertThat(run(generate("swordfish"))).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(run(generate("swordfish", SECRET_KEY + "=swordfish swordfish")))
        .isEqualTo(ExitCode.INVALID_INPUT);

    assertThat(console.toString())
        .contains("Cannot read prompts from vault://***@host", "Unexpected argument")
        .doesNotContain("\tat ");
    assertNothingIsTold();
  }
}
