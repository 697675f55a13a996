package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.job.actions.VerifyImages;
import io.boxwright.testing.ChildJvm;
import io.boxwright.testing.CpuLoader;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.Spark;
import io.boxwright.testing.StubLoader;
import io.boxwright.testing.TinyModel;
import io.boxwright.udf.executor.PipelineLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.util.Properties;

/** The job as a cluster runs it: submitted, in processes of its own, with GPUs handed out. */
class SparkSubmitTest {

  @TempDir private Path folder;

  @Test
  void eachExecutorLoadsOnceOnTheGpuThatSparkAssignedToIt() throws Exception {
    try (SparkSession spark = Spark.local()) {
      LocalSpark.table(
          spark, folder.resolve("prompts"), "select 'a red circle' prompt from range(12)");
    }

    String output = submit(CpuLoader.class, "--batch-size", "1");

    assertThat(output).contains("12 of 12 images made");
    assertThat(output.lines().filter(line -> line.startsWith("Pipeline loaded: executor")))
        .hasSize(2)
        .anyMatch(line -> line.endsWith("on gpu3"))
        .anyMatch(line -> line.endsWith("on gpu5"));
    assertThat(output.lines().filter(line -> line.contains("Copying file:"))).hasSize(1);
    assertThat(folder.resolve("out/images/chunk-00000.parquet")).exists();
  }

  @Test
  void aKilledExecutorLosesNothing() throws Exception {
    try (SparkSession spark = Spark.local()) {
      String query =
          "select if(id = 7, 'die once', 'a red circle') prompt, string(id) id from range(12)";
      LocalSpark.table(spark, folder.resolve("prompts"), query);
    }

    String output = submit(StubLoader.class, "--batch-size", "1", "--chunk-rows", "2");

    assertThat(folder.resolve("died")).exists();
    assertThat(output).contains("12 of 12 images made");
    try (SparkSession spark = Spark.local()) {
      assertThat(new VerifyImages(spark).execute(folder.resolve("out").toString()).problems())
          .isEmpty();
    }
    assertThat(folder.resolve("out/_staging")).doesNotExist();
  }

  @Test
  void whatSparkRefusesIsOneLine() throws Exception {
    Path log = folder.resolve("log");
    Process process =
        ChildJvm.start(
            log, List.of(LocalSubmit.class.getName(), "--master", "foo", "--class", "X", "x.jar"));

    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(Files.readAllLines(log))
        .filteredOn(line -> !line.contains(" WARN "))
        .singleElement()
        .asString()
        .startsWith("Spark does not start: Master must ");
  }

  private String submit(Class<? extends PipelineLoader> loader, String... options)
      throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command(loader, options)).redirectErrorStream(true);
    builder.environment().put("SPARK_HOME", sparkHome().toString());
    builder.environment().put("SPARK_SCALA_VERSION", scalaBinaryVersion());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    Path log = folder.resolve("log");
    Process process = builder.redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("finished in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(ExitCode.OK);
    return Files.readString(log);
  }

  /** Such as 2.13: Spark does not find out without an installed Spark. */
  private static String scalaBinaryVersion() {
    String version = Properties.versionNumberString();
    return version.substring(0, version.lastIndexOf('.'));
  }

  private List<String> command(Class<? extends PipelineLoader> loader, String... options)
      throws Exception {
    String classPath = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.addAll(ChildJvm.options());
    command.addAll(List.of("-cp", classPath, "org.apache.spark.deploy.SparkSubmit"));
    for (String setting : settings(classPath)) {
      command.addAll(List.of("--conf", setting));
    }
    command.addAll(List.of("--master", "local-cluster[1,2,2048]", "--class", "io.boxwright.Main"));
    command.add("spark-internal");
    command.addAll(List.of("generate", "--model", "file://" + TinyModel.FOLDER));
    command.addAll(List.of("--model-cache", folder.resolve("models").toString()));
    command.addAll(List.of("--input", folder.resolve("prompts").toString()));
    command.addAll(List.of("--output", folder.resolve("out").toString()));
    command.addAll(List.of("--steps", "1", "--height", "64", "--width", "64"));
    command.addAll(List.of("--pipeline-loader", loader.getName()));
    command.addAll(List.of(options));
    return command;
  }

  /** Two executors of one core and one GPU each; no task starts before both are there. */
  private List<String> settings(String classPath) throws Exception {
    return List.of(
        "spark.executor.extraClassPath=" + classPath,
        "spark.executor.extraJavaOptions=-D%s=%s %s"
            .formatted(
                StubLoader.DIED, folder.resolve("died"), String.join(" ", ChildJvm.options())),
        "spark.executor.cores=1",
        "spark.executor.memory=1g",
        "spark.cores.max=2",
        "spark.scheduler.minRegisteredResourcesRatio=1.0",
        "spark.scheduler.maxRegisteredResourcesWaitingTime=120s",
        "spark.locality.wait=0",
        "spark.worker.resource.gpu.amount=2",
        "spark.worker.resource.gpu.discoveryScript=" + gpuDiscovery(),
        "spark.executor.resource.gpu.amount=1",
        "spark.task.resource.gpu.amount=1",
        "spark.executorEnv.OMP_NUM_THREADS=1",
        "spark.ui.enabled=false");
  }

  private Path gpuDiscovery() throws Exception {
    Path script = folder.resolve("gpus.sh");
    Files.writeString(
        script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"3\", \"5\"]}'\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  /** What Spark looks for in its home to start executors. */
  private Path sparkHome() throws Exception {
    Path home = folder.resolve("spark");
    Files.createDirectories(home.resolve("jars"));
    return Files.writeString(home.resolve("RELEASE"), "").getParent();
  }
}
