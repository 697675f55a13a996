package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.boxwright.job.input.SparkSettings;
import io.boxwright.testing.VaultFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings of Spark that commands read, and those that they refuse. */
class SparkSettingsTest extends CommandRuns {

  @Test
  void keysOfSparksSettingsAreDefaultsOfOptions() {
    conf.set("spark.boxwright.steps", "0");
    assertRefused(generate(), "option '--steps': 0, it must be at least 1");
  }

  @Test
  void theCommandLineWinsOverSparksSettings() {
    conf.set("spark.boxwright.steps", "0");
    assertRefused(generate("--steps", "5", "--loss-scale", "-1"), "loss_scale is -1");
    assertThat(err.toString()).doesNotContain("--steps");
  }

  @Test
  void misspeltKeysAreRefused() {
    conf.set("spark.boxwright.batchSize", "4");
    assertRefused(generate(), "spark.boxwright.batchSize", "spark.boxwright.batch-size");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--conf a=b", "-c a=b", "--master local", "--properties-file=x", "--jars x"})
  void optionsOfSparkStandBeforeTheCommand(String options) {
    String option = options.split("[= ]")[0];

    assertRefused(
        generate(options.split(" ")),
        "%s is an option of Spark; those go before the command: boxwright %s ... generate"
            .formatted(option, option));
  }

  @Test
  void oldDatesAreKeptUnlessTheSettingsSayOtherwise() {
    conf.set("spark.sql.parquet.int96RebaseModeInRead", "LEGACY");
    run("tokens", "--model", "nowhere", "a cat");

    assertThat(conf.get("spark.sql.parquet.datetimeRebaseModeInWrite")).isEqualTo("CORRECTED");
    assertThat(conf.get("spark.sql.parquet.int96RebaseModeInRead")).isEqualTo("LEGACY");
  }

  @ParameterizedTest
  @CsvSource({"local[2],''", "'local-cluster[1,1,1024]',job.jar", "spark://host:7077,job.jar"})
  void jarsAreOnlyCopiedForExecutorsBesidesTheDriver(String master, String copied) {
    conf.set("spark.master", master).set("spark.jars", "job.jar");
    run("tokens", "--model", "nowhere", "a cat");
    assertThat(conf.get("spark.jars")).as("on no class path yet").isEqualTo("job.jar");

    conf.set("spark.submit.deployMode", "client");
    run("tokens", "--model", "nowhere", "a cat");
    assertThat(conf.get("spark.jars")).isEqualTo(copied);
  }

  @Test
  void statusAndTokensUseSparksHadoopSettings() {
    conf.set("spark.hadoop.fs.vault.impl", VaultFileSystem.class.getName());
    String uri = "vault://host" + folder;

    run("status", uri);
    run("tokens", "--model", uri, "--model-cache", folder.resolve("models").toString(), "a cat");

    assertThat(err.toString())
        .containsSubsequence(
            "no run in " + uri, "Cannot read " + uri, "there is no model_index.json");
  }

  @Test
  void aSettingThatSparkDoesNotStartWithIsOneLine() {
    conf.set("spark.serializer", "no.such.Serializer");

    assertOneLine(generate(), "Spark does not start: there is no class no.such.Serializer");
  }

  @Test
  void aMissingMasterIsRefused() {
    conf.remove("spark.master");
    assertRefused(generate(), "No spark.master", "job/bin/boxwright");
  }

  @ParameterizedTest
  @CsvSource({
    "local[0], it must be local[N] with N threads",
    "localhost, it must be local[N] with N threads",
    "foo, it must be local[N] with N threads"
  })
  void mastersThatSparkDoesNotKnowAreRefused(String master, String message) {
    conf.setMaster(master);
    assertRefused(generate(), "Invalid spark.master " + master, message);
  }

  @Test
  void aClusterThatHasTooLittleIsGivenUp() throws Exception {
    writePrompts("select 'a red circle' prompt");
    conf.setMaster("local-cluster[1,1,1024]").set("spark.executor.cores", "4");

    assertRefused(
        generate("--executor-timeout", "2s"),
        "No executor within 2 s",
        "spark.executor.cores=4, spark.executor.memory=1g");
    assertThat(err.toString()).hasLineCount(1);
  }

  @Test
  void gpuSettingsUnderALocalMasterAreRefused() {
    conf.set("spark.task.resource.gpu.amount", "1");
    assertRefused(generate(), "spark.task.resource.gpu.amount", "local[2]", "--device gpu");
  }

  @Test
  void gpuSettingsUnderALocalClusterAreNot() {
    conf.setMaster("local-cluster[1,2,1024]").set("spark.task.resource.gpu.amount", "1");
    assertThatCode(() -> SparkSettings.check(conf)).doesNotThrowAnyException();
  }
}
