package io.boxwright;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.CpuLoader;
import io.boxwright.testing.Spark;
import io.boxwright.testing.TinyModel;
import java.lang.management.ManagementFactory;
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
      Spark.table(spark, folder.resolve("prompts"), "select 'a red circle' prompt from range(12)");
    }

    String output = submit();

    assertThat(output).contains("12 of 12 images made");
    assertThat(output.lines().filter(line -> line.startsWith("Pipeline loaded: executor")))
        .hasSize(2)
        .anyMatch(line -> line.endsWith("on gpu3"))
        .anyMatch(line -> line.endsWith("on gpu5"));
    assertThat(folder.resolve("out/images/_SUCCESS")).exists();
  }

  private String submit() throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command()).redirectErrorStream(true);
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

  private List<String> command() throws Exception {
    String classPath = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.addAll(addOpens());
    command.addAll(List.of("-cp", classPath, "org.apache.spark.deploy.SparkSubmit"));
    for (String setting : settings(classPath)) {
      command.addAll(List.of("--conf", setting));
    }
    command.addAll(List.of("--master", "local-cluster[1,2,2048]", "--class", "io.boxwright.Main"));
    command.add("spark-internal");
    command.addAll(List.of("generate", "--model", TinyModel.FOLDER.toString()));
    command.addAll(List.of("--input", folder.resolve("prompts").toString()));
    command.addAll(List.of("--output", folder.resolve("out").toString()));
    command.addAll(List.of("--steps", "1", "--height", "64", "--width", "64"));
    command.addAll(List.of("--batch-size", "1"));
    return command;
  }

  /** Two executors of one core and one GPU each; no task starts before both are there. */
  private List<String> settings(String classPath) throws Exception {
    return List.of(
        "spark.executor.extraClassPath=" + classPath,
        "spark.executor.extraJavaOptions=" + String.join(" ", addOpens()),
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
        "spark.ui.enabled=false",
        "spark.boxwright.pipeline-loader=" + CpuLoader.class.getName());
  }

  private static List<String> addOpens() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens"))
        .toList();
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
