package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.boxwright.job.input.SparkSettings;
import io.boxwright.job.output.Versions;
import io.boxwright.text.Redaction;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The files in {@code conf}, with what they have commented out as an example. */
class ConfTest {

  private static final Path FOLDER = Path.of("..", "conf");

  /** Lines to add to one of the others. */
  private static final String STORE = "s3.conf";

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".conf") && !file.endsWith(STORE))
          .sorted()
          .toList();
    }
  }

  static List<Path> clusters() throws IOException {
    return files().stream().filter(file -> !file.toString().contains("local")).toList();
  }

  static List<Path> gpuClusters() throws IOException {
    return clusters().stream().filter(file -> !file.toString().contains("cpu")).toList();
  }

  /** As spark-submit reads them. */
  private static SparkConf read(Path file) throws IOException {
    String uncommented = Files.readString(file).replaceAll("(?m)^# (?=spark\\.)", "");
    Properties properties = new Properties();
    properties.load(new StringReader(uncommented));
    SparkConf conf = new SparkConf(false);
    properties.forEach((key, value) -> conf.set((String) key, ((String) value).strip()));
    return conf;
  }

  @ParameterizedTest
  @MethodSource("files")
  void keysOfBoxwrightAreOptionsAndTheirValuesRight(Path file) throws Exception {
    SparkConf conf = read(file);
    CommandLine generate =
        new CommandLine(new GenerateCommand(conf))
            .setDefaultValueProvider(new SparkConfDefaults(conf))
            .setCaseInsensitiveEnumValuesAllowed(true);

    assertThatCode(() -> generate.parseArgs("--model=m", "--input=i", "--output=o"))
        .doesNotThrowAnyException();
    assertThatCode(() -> new SparkConfDefaults(conf).checkKeys(generate.getCommandSpec()))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @MethodSource("files")
  void sparkCanRunWithThem(Path file) throws Exception {
    SparkConf conf = read(file);

    assertThatCode(() -> SparkSettings.check(conf)).doesNotThrowAnyException();
    assertThat(conf.getAll()).allMatch(entry -> entry._1().startsWith("spark."));
    assertThat(conf.get("spark.speculation")).isEqualTo("false");
  }

  @ParameterizedTest
  @MethodSource("files")
  void sparkHidesWhatWeHide(Path file) throws Exception {
    SparkConf conf = read(file);

    assertThat(conf.get("spark.redaction.regex")).isEqualTo(Redaction.SPARK_KEYS);
    assertThat(conf.get("spark.redaction.string.regex")).isEqualTo(Redaction.SPARK_STRINGS);
  }

  @ParameterizedTest
  @MethodSource("gpuClusters")
  void everyExecutorHasOneGpu(Path file) throws Exception {
    SparkConf conf = read(file);

    assertThat(conf.get("spark.executor.resource.gpu.amount")).isEqualTo("1");
    assertThat(conf.get("spark.task.resource.gpu.amount")).isEqualTo("0.5");
  }

  @ParameterizedTest
  @MethodSource("clusters")
  void everyExecutorHasThreadsForItsCoresAndNamesInUtf8(Path file) throws Exception {
    SparkConf conf = read(file);

    assertThat(conf.get("spark.executorEnv.OMP_NUM_THREADS"))
        .isEqualTo(conf.get("spark.executor.cores"));
    assertThat(conf.get("spark.executorEnv.LC_ALL")).isEqualTo("C.UTF-8");
  }

  @Test
  void aClusterWithoutGpusIsAskedForNone() throws Exception {
    SparkConf conf = read(FOLDER.resolve("standalone-cpu.conf"));

    assertThat(conf.getAll()).noneMatch(entry -> entry._1().contains(".resource."));
    assertThat(conf.get("spark.boxwright.device")).isEqualTo("cpu");
  }

  /** {@code job/src/test/scripts/image-test} runs its steps. */
  @Test
  void theImageHasTheFilesThatKubernetesNames() throws Exception {
    String image = Files.readString(FOLDER.resolve("Dockerfile"));
    Path file = FOLDER.resolve("kubernetes.conf");

    Matcher jar = Pattern.compile("local://(\\S+)").matcher(Files.readString(file));
    assertThat(jar.find()).isTrue();
    assertThat(image).contains("COPY boxwright-job.jar " + jar.group(1) + "\n");

    Path script = Path.of(read(file).get("spark.executor.resource.gpu.discoveryScript"));
    assertThat(image).contains("COPY conf " + script.getParent() + "\n");
    assertThat(FOLDER.resolve(script.getFileName())).isExecutable();
  }

  @Test
  void theImageHasThePyTorchOfTheJar() throws Exception {
    String version = Versions.describe("").replaceFirst(".*pytorch ", "");

    assertThat(Files.readString(FOLDER.resolve("Dockerfile")))
        .contains("torch==" + version, "PYTORCH_VERSION=" + version);
  }

  @ParameterizedTest
  @MethodSource("files")
  void linesForStoresCanBeAddedToAll(Path file) throws Exception {
    SparkConf lines = read(FOLDER.resolve(STORE));
    SparkConf conf = read(file);

    assertThat(lines.getAll())
        .allMatch(entry -> entry._1().startsWith("spark.") && !conf.contains(entry._1()));
    assertThatCode(() -> new SparkConfDefaults(lines).checkKeys(command(lines)))
        .doesNotThrowAnyException();
  }

  private static CommandLine.Model.CommandSpec command(SparkConf conf) {
    return new CommandLine(new GenerateCommand(conf)).getCommandSpec();
  }
}
