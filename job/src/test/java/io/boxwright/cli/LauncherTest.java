package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code job/bin/boxwright}, with a Java and a Spark that only say how they were called. */
class LauncherTest {

  private static final String LOCAL_SETTINGS = "conf/local-cpu.conf";

  private final Map<String, String> ownVariables = new HashMap<>();

  @TempDir private Path root;

  @BeforeEach
  void installLauncher() throws Exception {
    Files.createDirectories(root.resolve("job/bin"));
    Files.copy(Path.of("bin/boxwright"), root.resolve("job/bin/boxwright"));
    Files.createDirectories(root.resolve("job/target"));
    Files.createFile(root.resolve("job/target/boxwright-job.jar"));
    installEcho("java/bin/java");
    installEcho("spark/bin/spark-submit");
    Files.createFile(root.resolve("my.conf"));
  }

  private void installEcho(String program) throws Exception {
    Path file = root.resolve(program);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\necho \"$(basename \"$0\") $*\"\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  /** What the launcher runs in the end. */
  private String launchWith(String sparkHome, String... arguments) throws Exception {
    return launch(sparkHome, 0, arguments);
  }

  /** What it says, and ends with an exit code. */
  private String launch(String sparkHome, int exitCode, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add("bash");
    Path inRelease = root.resolve("bin/boxwright");
    Path launcher = Files.exists(inRelease) ? inRelease : root.resolve("job/bin/boxwright");
    command.add(launcher.toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true);
    builder.environment().remove("LC_ALL");
    builder.environment().put("LANG", "C");
    builder.environment().put("JAVA_HOME", root.resolve("java").toString());
    builder.environment().put("SPARK_HOME", sparkHome);
    builder.environment().putAll(ownVariables);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isEqualTo(exitCode);
    return output;
  }

  private String launch(String... arguments) throws Exception {
    return launchWith("", arguments);
  }

  @Test
  void anInstalledSpark4GetsTheJarThatWasBuiltForIt() throws Exception {
    Files.createDirectories(root.resolve("job/target/spark-4"));
    Files.createFile(root.resolve("job/target/spark-4/boxwright-job.jar"));
    Files.createDirectories(root.resolve("spark/jars"));
    Files.createFile(root.resolve("spark/jars/spark-core_2.13-4.2.0.jar"));

    assertThat(launchWith(root.resolve("spark").toString(), "generate"))
        .endsWith("job/target/spark-4/boxwright-job.jar generate\n");
  }

  /** Moves the launcher and the jar to where a release has them. */
  private void moveToRelease() throws Exception {
    Files.createDirectories(root.resolve("bin"));
    Files.move(root.resolve("job/bin/boxwright"), root.resolve("bin/boxwright"));
    Files.move(root.resolve("job/target/boxwright-job.jar"), root.resolve("boxwright-job.jar"));
  }

  @Test
  void aReleaseHasItsJarsAndSettingsBesideTheLauncher() throws Exception {
    moveToRelease();

    assertThat(launch("generate"))
        .contains(" -cp %1$s/boxwright-job.jar:%1$s/lib/* ".formatted(root))
        .contains("--properties-file %s/%s".formatted(root, LOCAL_SETTINGS))
        .endsWith(" %s/boxwright-job.jar generate\n".formatted(root));
  }

  @Test
  void aReleaseIsRefusedBySpark4() throws Exception {
    moveToRelease();
    Files.createDirectories(root.resolve("spark/jars"));
    Files.createFile(root.resolve("spark/jars/spark-core_2.13-4.2.0.jar"));

    assertThat(launch(root.resolve("spark").toString(), 2, "generate"))
        .contains("There is no " + root, "A release is for Spark 3.5")
        .hasLineCount(1);
  }

  @Test
  void commandsThatEndSoonAreNotOptimisedForLongRuns() throws Exception {
    for (String command : List.of("--help", "status out", "tokens --model m cat")) {
      assertThat(launch(command.split(" "))).contains("-XX:TieredStopAtLevel=1");
    }
    assertThat(launch("generate")).doesNotContain("-XX:TieredStopAtLevel=1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"demo --output x", "generate --model shapes --steps 2", "generate --model=shapes"})
  void theBuiltInModelNeedsNoOptimisedJava(String command) throws Exception {
    assertThat(launch(command.split(" ")))
        .contains("-XX:TieredStopAtLevel=1")
        .doesNotContain("Tier4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"BOXWRIGHT_JAVA_OPTS", "JAVA_TOOL_OPTIONS"})
  void ownCollectorsHaveNoOtherBesideThem(String variable) throws Exception {
    assertThat(launch("demo")).contains("-XX:+UseSerialGC");

    ownVariables.put(variable, "-Xmx2g -XX:+UseG1GC");

    assertThat(launch("demo")).doesNotContain("UseSerialGC");
    assertThat(launch("status", "out")).doesNotContain("UseSerialGC");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"generate --model shapes2", "generate --model /models/shapes", "verify shapes"})
  void otherModelsAreHashedByOptimisedJava(String command) throws Exception {
    assertThat(launch(command.split(" "))).contains("Tier4").doesNotContain("TieredStopAtLevel");
  }

  @Test
  void withoutOptionsTheJobRunsOnThisMachine() throws Exception {
    assertThat(launch("generate", "--steps", "5"))
        .startsWith("java ")
        .contains("LocalSubmit", "--properties-file", LOCAL_SETTINGS)
        .endsWith("boxwright-job.jar generate --steps 5\n");
  }

  @Test
  void theDemoNeedsNoOptions() throws Exception {
    assertThat(launch("demo")).contains(LOCAL_SETTINGS).endsWith("boxwright-job.jar demo\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--master local[4]", "--master=local", "--conf spark.master=local[*]"})
  void localMastersKeepTheSettingsOfThisMachine(String master) throws Exception {
    assertThat(launch((master + " generate").split(" "))).contains(LOCAL_SETTINGS, master);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--master spark://host:7077",
        "--master=spark://host:7077",
        "--master local-cluster[1,2,1024]",
        "--conf spark.master=yarn",
        "-c spark.master=yarn",
        "--properties-file my.conf",
        "--properties-file=my.conf"
      })
  void clustersAndOwnSettingsDoNot(String options) throws Exception {
    assertThat(launch((options + " generate").split(" ")))
        .doesNotContain(LOCAL_SETTINGS)
        .contains(options + " --class io.boxwright.Main");
  }

  @Test
  void withSparkHomeItsSparkSubmitRuns() throws Exception {
    assertThat(launchWith(root.resolve("spark").toString(), "--master", "yarn", "generate"))
        .startsWith("spark-submit ")
        .contains("--master yarn")
        .doesNotContain(LOCAL_SETTINGS);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandGetsItsOptions(String command) throws Exception {
    assertThat(launch(command, "--an-option")).endsWith(" " + command + " --an-option\n");
  }

  private static Set<String> commands() {
    return BoxwrightCommand.makeCommandLine(new SparkConf(false)).getSubcommands().keySet();
  }

  @Test
  void tokensNeedsNoSpark() throws Exception {
    assertThat(launch("tokens", "--model", "m", "a cat"))
        .endsWith(" io.boxwright.Main tokens --model m a cat\n");
  }

  @Test
  void benchNeedsNoSpark() throws Exception {
    assertThat(launch("bench", "--model", "random:tiny"))
        .endsWith(" io.boxwright.Main bench --model random:tiny\n");
  }

  @Test
  void statusNeedsNoSparkAndVerifyDoes() throws Exception {
    assertThat(launch("status", "out")).endsWith(" io.boxwright.Main status out\n");
    assertThat(launch("verify", "out")).contains("LocalSubmit", LOCAL_SETTINGS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"genrate --output demo", "--master local[2] --verbose genrate verify"})
  void misspeltCommandsAreNoOptionsOfSpark(String arguments) throws Exception {
    assertThat(launch(arguments.split(" "))).endsWith(" io.boxwright.Main genrate\n");
    assertThat(launchWith(root.resolve("spark").toString(), arguments.split(" ")))
        .endsWith(" io.boxwright.Main genrate\n");
  }

  @Test
  void valuesOfSparksOptionsAreNoCommands() throws Exception {
    assertThat(launch("--name", "verify", "--conf=spark.a=b", "-c", "spark.c=d", "generate"))
        .contains("--name verify --conf=spark.a=b -c spark.c=d --class io.boxwright.Main")
        .endsWith("boxwright-job.jar generate\n");
  }

  @Test
  void withoutACommandTheCommandLineAnswers() throws Exception {
    assertThat(launch("--help")).endsWith(" io.boxwright.Main --help\n");
    assertThat(launch()).endsWith(" io.boxwright.Main\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--conf spark.hadoop.fs.s3a.endpoint=http://localhost:9000",
        "--properties-file my.conf",
        "--jars a.jar,b.jar",
        "--packages org.apache.hadoop:hadoop-aws:3.3.4"
      })
  void statusAndTokensReadSparksSettingsHere(String options) throws Exception {
    for (String command : List.of("status out", "tokens --model m cat")) {
      assertThat(launch((options + " " + command).split(" ")))
          .contains("LocalSubmit", options + " --master local --deploy-mode client")
          .endsWith("boxwright-job.jar " + command + "\n");
    }
  }

  @Test
  void statusReadsTheDefaultsOfAnInstalledSpark() throws Exception {
    Path spark = root.resolve("spark");
    assertThat(launchWith(spark.toString(), "status", "out")).startsWith("java ");

    Files.createDirectories(spark.resolve("conf"));
    Files.createFile(spark.resolve("conf/spark-defaults.conf"));

    assertThat(launchWith(spark.toString(), "status", "out")).startsWith("spark-submit ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --properties-file nope generate      | There is no file nope to read (--properties-file)
          --properties-file=job generate       | There is no file job to read (--properties-file)
          --master foo generate                | Invalid --master foo: it must be local[N], local[*],
          --master=sparks://host generate      | Invalid --master sparks://host: it must be
          --deploy-mode here generate          | --deploy-mode is client or cluster, not here
          --conf generate --input x            | --conf needs KEY=VALUE
          -c spark.a generate                  | -c needs KEY=VALUE
          --conf                               | --conf needs a value
          --conf= generate                     | --conf needs a value
          --name --verbose generate            | --name needs a value before --verbose
          --name generate --input x            | --name needs a value before the command
          --queue status                       | --queue needs a value before the command
          --master=local bench --model m       | bench runs without Spark: leave out --master
          --verbose --conf a=b                 | There is no command after --conf: import, generate, evaluate,
          """)
  void optionsOfSparkThatCannotBeAreOneLine(String arguments, String message) throws Exception {
    assertThat(launch("", 2, arguments.split(" "))).startsWith(message).hasLineCount(1);
    assertThat(launch(root.resolve("spark").toString(), 2, arguments.split(" ")))
        .startsWith(message);
  }

  @Test
  void optionsThatNobodyHasAreLeftToTheCommandLine() throws Exception {
    assertThat(launch("--foo", "bar", "generate")).endsWith(" io.boxwright.Main --foo\n");
    assertThat(launch("--input=x", "generate")).endsWith(" io.boxwright.Main --input=x\n");
  }

  @Test
  void javaOptionsOfSparkBeginWithADash() throws Exception {
    assertThat(launch("--driver-java-options", "-Xss4m", "--supervise", "generate"))
        .contains(" --driver-java-options -Xss4m --supervise --class");
  }

  @Test
  void theOptionsOfSparkAreThoseThatSparkReads() throws Exception {
    Class<?> type = Class.forName("org.apache.spark.launcher.SparkSubmitOptionParser");
    Constructor<?> constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    Object parser = constructor.newInstance();
    for (Field field : type.getDeclaredFields()) {
      field.setAccessible(true);
      String name = field.getType() == String.class ? (String) field.get(parser) : "--help";
      if (!List.of("--help", "--version").contains(name)) {
        assertThat(SparkOptions.has(name)).as(name).isTrue();
        assertThat(Files.readString(Path.of("bin/boxwright"))).containsPattern(name + "['|]");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate", "tokens", "--help"})
  void aSparkThatIsNotThereIsNamed(String command) throws Exception {
    assertThat(launch("/nonexistent", 2, command))
        .startsWith("SPARK_HOME is /nonexistent, but it has no bin/spark-submit")
        .hasLineCount(1);
  }

  @Test
  void aJavaThatIsNotThereIsNamed() throws Exception {
    Files.delete(root.resolve("java/bin/java"));

    assertThat(launch("", 2, "generate"))
        .startsWith("There is no " + root.resolve("java/bin/java"))
        .hasLineCount(1);
  }

  private void installJavaVersion(String version) throws Exception {
    Files.writeString(
        root.resolve("java/release"),
        "IMPLEMENTOR=\"Any\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
  }

  @ParameterizedTest
  @CsvSource({"1.8.0_392, 8", "11.0.21, 11", "16, 16", "23.0.1, 23", "25, 25"})
  void aJavaThatCannotRunItIsNamed(String version, String shortVersion) throws Exception {
    installJavaVersion(version);

    assertThat(launch("", 2, "--version"))
        .isEqualTo(
            "%s/java/bin/java is Java %s: install a JDK 17, or set JAVA_HOME to one%n"
                .formatted(root, shortVersion));
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "17.0.15", "21.0.2"})
  void aJavaFrom17OnRunsIt(String version) throws Exception {
    installJavaVersion(version);

    assertThat(launch("--version")).startsWith("java ");
  }

  /** Spark takes the value of --driver-java-options apart as a shell would. */
  @Test
  void aFolderWithABlankInItsNameIsOneOptionOfJava() throws Exception {
    root = Files.createDirectory(root.resolve("my tools"));
    installLauncher();

    assertThat(launchWith(root.resolve("spark").toString(), "generate"))
        .contains(
            " --driver-java-options \"-Dlog4j2.configurationFile=file:%s/conf/log4j2.properties\" "
                .formatted(root));
  }

  @Test
  void theJobIsToldHowItWasCalled() throws Exception {
    Path file = root.resolve("java/bin/java");
    Files.writeString(file, "#!/bin/sh\necho \"$BOXWRIGHT_COMMAND\"\n");

    assertThat(launch("--master", "local[2]", "generate", "--input", "my prompts"))
        .endsWith("job/bin/boxwright\n--master\nlocal\\[2\\]\ngenerate\n--input\nmy\\ prompts\n\n");
  }

  @Test
  void namesOfFilesAreUtf8WhateverTheLocale() throws Exception {
    Path file = root.resolve("java/bin/java");
    Files.writeString(file, "#!/bin/sh\nlocale charmap\necho \"$BOXWRIGHT_COMMAND\"\n");

    assertThat(launch("status", "ausgabe-\u00fc-\u732b"))
        .startsWith("UTF-8\n")
        .endsWith("status\nausgabe-\u00fc-\u732b\n\n");
  }
}
