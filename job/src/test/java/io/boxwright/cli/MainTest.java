package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.boxwright.job.input.SparkSettings;
import io.boxwright.testing.BrokenLoader;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.Spark;
import io.boxwright.testing.TinyModel;
import io.boxwright.testing.VaultFileSystem;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final SparkConf conf = LocalSpark.conf();

  @TempDir private Path folder;

  private int run(String... arguments) {
    return BoxwrightCommand.run(
        conf, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  private int generate(String... options) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("generate", "--model", TinyModel.FOLDER.toString()));
    arguments.addAll(List.of("--input", folder.resolve("prompts").toString()));
    arguments.addAll(List.of("--output", folder.resolve("out").toString()));
    arguments.addAll(List.of("--batch-size", "1"));
    arguments.addAll(List.of(options));
    return run(arguments.toArray(String[]::new));
  }

  private void assertRefused(int exitCode, String... messages) {
    assertThat(exitCode).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains(messages).doesNotContain("\tat ");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void helpSaysWhatOptionsMean() {
    assertThat(run("generate", "--help")).isEqualTo(ExitCode.OK);
    assertThat(out.toString())
        .contains("--batch-size=N", "Default: 8", "token_indices", "Exit code 0")
        .contains("--save-attention[=true|false]")
        .doesNotContain("pipeline-loader", "Defaults that Spark's settings give");
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate", "demo", "status", "verify", "tokens", "bench"})
  void helpAndVersionStandBehindAllOtherOptions(String command) {
    assertThat(run(command, "--help")).isEqualTo(ExitCode.OK);

    assertThat(out.toString().lines().filter(line -> line.matches("( {6}|  -., )--.*|  -., .*")))
        .endsWith(
            out.toString().lines().filter(line -> line.startsWith("  -h, --help ")).findAny().get(),
            out.toString()
                .lines()
                .filter(line -> line.startsWith("  -V, --version "))
                .findAny()
                .get());
  }

  @Test
  void helpSaysWhichDefaultsAreThoseOfSparksSettings() {
    conf.set("spark.boxwright.device", "cpu").set("spark.boxwright.scheduler", "100%d\u001b");

    assertThat(run("generate", "--help")).isEqualTo(ExitCode.OK);

    assertThat(out.toString().lines())
        .contains("Defaults that Spark's settings give: --device=cpu, --scheduler=100%d\\u001B.");
  }

  @Test
  void tokensPrintsIndexAndToken() {
    assertThat(run("tokens", "--model", TinyModel.FOLDER.toString(), "a red circle"))
        .isEqualTo(ExitCode.OK);
    assertThat(out.toString().lines())
        .contains("  2  red</w>")
        .last()
        .asString()
        .contains("endoftext");
  }

  @Test
  void tokensSaysWhereAPromptIsCut() {
    assertThat(run("tokens", "--model", TinyModel.FOLDER.toString(), "a ".repeat(75) + "Cat"))
        .isEqualTo(ExitCode.OK);

    assertThat(err.toString().lines())
        .containsExactly("The prompt was cut to its first 75 tokens, without: cat");
    assertThat(out.toString()).hasLineCount(77);
  }

  @Test
  void tokensThatWouldMoveTheTerminalArePrintedEscaped() throws Exception {
    Path model = TinyModel.copyTo(folder.resolve("model")).folder();
    Files.delete(model.resolve("tokenizer/special_tokens_map.json"));
    Files.writeString(
        model.resolve("tokenizer/tokenizer_config.json"),
        "{\"bos_token\": \"\\u001b[2J\", \"added_tokens_decoder\":"
            + " {\"766\": {\"content\": \"\\u001b[2J\"}}}");

    assertThat(run("tokens", "--model", model.toString(), "a cat")).isEqualTo(ExitCode.OK);

    assertThat(out.toString().lines()).first().isEqualTo("  0  \\u001B[2J");
  }

  @Test
  void tokensOfAFolderThatIsNoModelAreRefused() {
    assertThat(run("tokens", "--model", folder.toString(), "a cat"))
        .isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("model_index.json");
  }

  @Test
  void limitsAreNamedBeforeAnythingIsLoaded() {
    assertThat(run("tokens", "--model", "nowhere", "a".repeat(700_000)))
        .isEqualTo(ExitCode.INVALID_INPUT);
    assertRefused(
        generate("--num-images-per-prompt", "1000000000"),
        "Invalid prompt: 700000 characters, the limit is 10000",
        "Invalid number of images per prompt: 1000000000 images, the limit is 10000");
    assertRefused(
        generate("--batch-size", "1000000000"), "batch size: 1000000000, the limit is 1024");
    assertRefused(generate("--height", "1000000000"), "height is 1000000000, it must be between");
  }

  @ParameterizedTest
  @CsvSource({
    "s3a://bucket/x, --packages org.apache.hadoop:hadoop-aws:",
    "nosuch://bucket/x, --jars FILE",
    "https://example.com/x, download it first"
  })
  void aFileSystemThatIsNotThereIsOneLine(String path, String remedy) throws Exception {
    try (SparkSession spark = Spark.local()) {
      LocalSpark.table(spark, folder.resolve("prompts"), "select 'a red circle' prompt");
    }

    assertOneLine(run("status", path), remedy);
    assertOneLine(run("verify", path), remedy);
    assertOneLine(run("tokens", "--model", path, "a cat"), remedy);
    String model = TinyModel.FOLDER.toString();
    String prompts = folder.resolve("prompts").toString();
    String there = folder.resolve("out").toString();
    assertOneLine(run("generate", "--model", path, "--input", prompts, "--output", there), remedy);
    assertOneLine(run("generate", "--model", model, "--input", path, "--output", there), remedy);
    assertOneLine(run("generate", "--model", model, "--input", prompts, "--output", path), remedy);
  }

  @ParameterizedTest
  @CsvSource({
    "random:tiny, only bench has random models",
    "C:\\models, it is not a URI with an absolute path",
    "file:models, it is not a URI with an absolute path"
  })
  void aColonInTheNameOfAModelIsOneLine(String model, String remedy) {
    String prompts = folder.resolve("prompts").toString();
    String there = folder.resolve("out").toString();

    assertOneLine(run("tokens", "--model", model, "a cat"), remedy);
    assertOneLine(run("generate", "--model", model, "--input", prompts, "--output", there), remedy);
  }

  private void assertOneLine(int exitCode, String remedy) {
    assertThat(exitCode).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).hasLineCount(1).contains(remedy);
    err.getBuffer().setLength(0);
  }

  @Test
  void oldDatesAreKeptUnlessTheSettingsSayOtherwise() {
    conf.set("spark.sql.parquet.int96RebaseModeInRead", "LEGACY");
    run("tokens", "--model", "nowhere", "a cat");

    assertThat(conf.get("spark.sql.parquet.datetimeRebaseModeInWrite")).isEqualTo("CORRECTED");
    assertThat(conf.get("spark.sql.parquet.int96RebaseModeInRead")).isEqualTo("LEGACY");
  }

  @Test
  void anEmptyNameIsRefusedWithItsOption() {
    for (String option : List.of("--input", "--output", "--model")) {
      assertThat(generate(option, "")).isEqualTo(ExitCode.INVALID_INPUT);
      assertThat(err.toString())
          .contains("Invalid value for option '%s': it is empty".formatted(option));
    }
    assertThat(run("status", "")).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("(FOLDER): it is empty");
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
  void aClusterThatHasTooLittleIsGivenUp() throws Exception {
    try (SparkSession spark = Spark.local()) {
      LocalSpark.table(spark, folder.resolve("prompts"), "select 'a red circle' prompt");
    }
    conf.setMaster("local-cluster[1,1,1024]").set("spark.executor.cores", "4");

    assertRefused(
        generate("--executor-timeout", "2s"),
        "No executor within 2 s",
        "spark.executor.cores=4, spark.executor.memory=1g");
    assertThat(err.toString()).hasLineCount(1);
  }

  @Test
  void anExecutorTimeoutIsADuration() {
    assertRefused(
        generate("--executor-timeout", "soon"), "soon, it must be a duration such as 90s or 10m");
    assertRefused(generate("--executor-timeout", "0"), "Invalid executor timeout: 0 s");
  }

  @Test
  void messagesDoNotSteerTheTerminal() {
    assertThat(generate("--batch-size", "\u001b[2J")).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("\\u001B[2J").doesNotContain("\u001b");
  }

  @Test
  void theBuiltInModelNeedsNoPath() {
    assertThat(run("tokens", "--model", "shapes", "a red circle")).isEqualTo(ExitCode.OK);
    assertThat(out.toString().lines()).contains("  2  red</w>");
  }

  @Test
  void aModelsOwnGuidanceIsReadBeforeAnyImageIsMade() throws Exception {
    Path model = TinyModel.copyTo(folder.resolve("model")).folder();
    Files.writeString(model.resolve("layout_guidance.json"), "{\"loss_scal\": 40}");

    assertRefused(
        run("generate", "--model", model.toString(), "--input=none", "--output=none"),
        "layout_guidance.json: unknown option loss_scal");
  }

  @Test
  void demoComparesUnguidedWithGuided() throws Exception {
    assertThat(
            run(
                "demo",
                "--rows=2",
                "--batch-size=2",
                "--steps=2",
                "--output",
                folder.resolve("demo").toString()))
        .isEqualTo(ExitCode.OK);

    assertThat(err.toString()).contains("2/2 images");
    assertThat(out.toString().lines())
        .anyMatch(line -> line.matches(" +unguided +guided"))
        .anyMatch(line -> line.matches(" +images made +2 of 2 +2 of 2"))
        .anyMatch(line -> line.matches(" +lift over chance, held-out layers +[0-9.]+ +[0-9.]+"))
        .last()
        .asString()
        .endsWith(folder.resolve("demo/contact-sheet.png").toString());
    assertThat(folder.resolve("demo/contact-sheet.png")).exists();
  }

  @Test
  void anOutputFolderThatCannotBeMadeIsOneLine() throws Exception {
    prompts("select 'a red circle' prompt");
    String model = TinyModel.FOLDER.toString();
    String prompts = folder.resolve("prompts").toString();
    String reason = "Cannot make output folder /proc/x: no such file or folder";

    assertOneLine(run("demo", "--output", "/proc/x"), reason);
    assertOneLine(
        run("generate", "--model", model, "--input", prompts, "--output", "/proc/x"), reason);
  }

  @Test
  void demoKeepsWhatIsThere() throws Exception {
    Files.createDirectories(folder.resolve("demo/unguided"));
    Files.writeString(folder.resolve("demo/unguided/mine"), "text");

    assertThat(run("demo", "--output", folder.resolve("demo").toString()))
        .isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("it holds unguided; empty it or name another");
  }

  private int bench(String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "bench",
                "--model=random:tiny",
                "--model-cache=" + folder.resolve("cache"),
                "--device=cpu",
                "--batch-size=1",
                "--steps=1",
                "--max-guidance-steps=1",
                "--max-iterations-per-step=1",
                "--warmups=0",
                "--repetitions=1"));
    arguments.addAll(List.of(options));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void benchPrintsATableAndWritesJson() throws Exception {
    Path file = folder.resolve("bench.json");

    assertThat(bench("--json", file.toString())).isEqualTo(ExitCode.OK);

    assertThat(out.toString().lines())
        .anyMatch(line -> line.matches("random:tiny on cpu.*, float32"))
        .anyMatch(line -> line.matches("[0-9.]+ images a second: 1 in [0-9.]+ s .median of 1."))
        .anyMatch(line -> line.matches(" +guidance pass +[0-9.]+ +[0-9.]+ +[0-9.]+"))
        .anyMatch(line -> line.matches(" +denoise +[0-9.]+ +[0-9.]+%"));
    assertThat(Files.readString(file))
        .contains("\"model\" : \"random:tiny\"", "\"batch_size\" : 1", "\"images_per_second\" : ")
        .contains("\"guidance_pass\" : {", "\"share_outside_unet\" : ", "\"load_seconds\" : ")
        .doesNotContain("null", "peak_device_bytes");
  }

  @Test
  void benchPrintsNothingButJsonWhenAskedTo() {
    assertThat(bench("--json=-")).isEqualTo(ExitCode.OK);

    assertThat(out.toString().strip()).startsWith("{").endsWith("}");
    assertThat(err.toString()).contains("Batch 1 of 1");
    assertThat(err.toString().lines())
        .first()
        .isEqualTo("Batches of 1 image, 1 step: 0 warm-up, 1 timed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "none/bench.json"})
  void benchRefusesAFileThatCannotBeWrittenBeforeItMeasures(String file) {
    String json = folder.resolve(file).toString();

    assertRefused(bench("--json", json), "Invalid file for --json: " + json);
    assertThat(err.toString()).doesNotContain("Batches of");
  }

  @Test
  void benchRefusesModelsAndNumbersThatCannotBe() {
    assertRefused(
        run("bench", "--model=random:tiny", "--repetitions=0"),
        "repetitions is 0",
        "See boxwright bench --help");
    assertRefused(
        run("bench", "--model=random:sd3"), "There is no model random:sd3", "random:sd15");
    assertRefused(bench("--height=7"), "height is 7, it must be a multiple of 8");
  }

  @Test
  void goodRowsEndWithZeroAndBadOnesWithThree() throws Exception {
    prompts("select 'a red circle' prompt");
    assertThat(generate("--steps", "1", "--height", "64", "--width", "64")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("1 of 1 image made", folder.resolve("out").toString());

    Files.move(folder.resolve("out"), folder.resolve("out of the way"));
    Files.move(folder.resolve("prompts"), folder.resolve("prompts out of the way"));
    prompts("select explode(array('', 'a red circle')) prompt");
    assertThat(generate("--steps", "1", "--height", "64", "--width", "64"))
        .isEqualTo(ExitCode.ROWS_FAILED);
    assertThat(out.toString()).contains("1 image failed", "Invalid prompt: it is empty");
  }

  @Test
  void aDetectorAddsItsScores() throws Exception {
    prompts(
        "select 'a red circle' prompt, array(array(0D, 0D, 0.5D, 0.5D)) bboxes,"
            + " array('a red circle') phrases");

    assertThat(generate("--steps", "1", "--detector", "Shapes")).isEqualTo(ExitCode.OK);

    assertThat(out.toString()).contains("Objects detected in the images, mean of 1 image:");
    assertThat(Files.readString(folder.resolve("out/run.json")))
        .contains("stage_seconds", "detect", "png", "write");
  }

  private void prompts(String query) throws Exception {
    try (var spark = Spark.local()) {
      LocalSpark.table(spark, folder.resolve("prompts"), query);
    }
  }

  @Test
  void inputThatIsNotThereIsRefused() {
    assertThat(generate()).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("Cannot read prompts from", "prompts");
  }

  @Test
  void missingOptionsAreRefused() {
    assertRefused(run("generate", "--model", "m"), "--input", "See boxwright generate --help");
  }

  @Test
  void impossibleValuesAreRefused() {
    assertRefused(generate("--eta", "2"), "eta is 2.0");
  }

  @Test
  void unknownPresetsAreRefused() {
    assertRefused(generate("--guidance", "wild"), "Unknown guidance wild; there are paper, tflcg");
  }

  @Test
  void unknownDetectorsAreRefused() {
    assertRefused(generate("--detector", "owl"), "Unknown detector owl", "none, shapes");
  }

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
  @CsvSource({
    "--eta, nan, 'nan, it must be a number'",
    "--loss-scale, much, 'much, it must be a number'",
    "--batch-timeout, 5 minutes, '5 minutes, it must be a duration such as 90s or 10m'",
    "--batch-timeout, -1, 'Invalid batch timeout: -1 s, it must be at least 0'",
    "--steps, 5m, '5m, it must be a whole number'",
    "--max-guidance-steps, 1.5, '1.5, it must be a whole number'",
    "--chunk-rows, 9999999999, '9999999999, it must be between '",
    "--save-attention=maybe, , 'maybe, it must be true or false'",
  })
  void valuesThatCannotBeAreRefusedInPlainWords(String option, String value, String message) {
    assertRefused(value == null ? generate(option) : generate(option, value), message);
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
  void aSettingThatSparkDoesNotStartWithIsOneLine() {
    conf.set("spark.serializer", "no.such.Serializer");

    assertOneLine(generate(), "Spark does not start: there is no class no.such.Serializer");
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
  void aMissingMasterIsRefused() {
    conf.remove("spark.master");
    assertRefused(generate(), "No spark.master", "job/bin/boxwright");
  }

  @Test
  void aFailedJobEndsWithOneAndOneLine() throws Exception {
    prompts("select 'a red circle' prompt");
    conf.set("spark.boxwright.pipeline-loader", BrokenLoader.class.getName());

    assertThat(generate()).isEqualTo(ExitCode.UNEXPECTED);

    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith(
            "Cannot make the images: Cannot load unet: missing tensor conv_in.weight. Finished")
        .contains("to go on: boxwright generate --model " + TinyModel.FOLDER);
  }

  @Test
  void guidanceNumbersWithoutGuidanceAreIgnoredWithALineThatNamesThem() throws Exception {
    prompts(
        "select 'a cat' prompt, array(array(0D, 0D, 0.5D, 0.5D)) bboxes, array('dragon') phrases");

    assertThat(generate("--guidance=none", "--loss-scale=9", "--max-guidance-steps=5"))
        .isEqualTo(ExitCode.ROWS_FAILED);

    assertThat(err.toString().lines())
        .first()
        .isEqualTo("No effect with --guidance none: --loss-scale, --max-guidance-steps");
  }

  @ParameterizedTest
  @CsvSource({
    "generate --step 5, Unknown option: '--step'; did you mean --steps?",
    "generate --modle m, Unknown option: '--modle'; did you mean --model?",
    "generate --heigth=64, Unknown option: '--heigth=64'; did you mean --height?",
    "genrate --input x, Unknown command: 'genrate'; did you mean generate?",
    "status out there, Unexpected argument: 'there'"
  })
  void misspeltOptionsAndCommandsAreNamedWithWhatWasMeant(String arguments, String message) {
    assertThat(run(arguments.split(" "))).isEqualTo(ExitCode.INVALID_INPUT);

    assertThat(err.toString().lines().toList())
        .hasSize(2)
        .startsWith(message)
        .last()
        .asString()
        .startsWith("See boxwright");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--height", "--width", "--steps", "--num-images-per-prompt", "--chunk-rows"})
  void noneIsNotTheSameAsNotSaid(String option) {
    assertRefused(generate(option, "0"), "option '" + option + "'", ": 0, it must be at least 1");
    assertThat(generate(option, "-8")).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("-8, it must be at least 1");
  }

  @Test
  void aDemoOfNothingIsRefused() {
    assertThat(run("demo", "--rows", "0")).isEqualTo(ExitCode.INVALID_INPUT);
    assertThat(err.toString()).contains("option '--rows': 0, it must be at least 1");
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
