package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.report.RunResult;
import io.boxwright.job.report.ScoreMeans;
import io.boxwright.testing.BrokenLoader;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.SharedSpark;
import io.boxwright.testing.TinyModel;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.executor.PipelineLoader;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateImagesTest extends SharedSpark {

  private static final String LONG_PROMPT = "concat('a red circle ', repeat('and more ', 80))";

  /** One row of each kind; boxes are {@code array<array<double>>}. */
  private static final String PROMPTS =
      """
      select id, string(prompt) prompt, cast(bboxes as array<array<double>>) bboxes,
             cast(token_indices as array<array<int>>) token_indices, 7L seed
      from values
        ('guided', 'a red circle', array(array(0.1, 0.1, 0.6, 0.6)), array(array(2, 3))),
        ('plain', 'a red circle', null, null),
        ('cut', LONG_PROMPT, array(array(0.1, 0.1, 0.6, 0.6)), array(array(3))),
        ('in the cut part', LONG_PROMPT, array(array(0.1, 0.1, 0.6, 0.6)), array(array(90))),
        ('start token', 'a red circle', array(array(0.1, 0.1, 0.6, 0.6)), array(array(0))),
        ('outside', 'a red circle', array(array(0.1, 0.1, 0.6, 0.6)), array(array(40))),
        ('empty', '', null, null)
      as t(id, prompt, bboxes, token_indices)
      """
          .replace("LONG_PROMPT", LONG_PROMPT);

  @TempDir private Path folder;

  private static GuidedImageGenerator generator() {
    return new GuidedImageGenerator()
        .setModelUrl(TinyModel.FOLDER.toString())
        .setDeviceType(DeviceType.CPU)
        .setOptions(GenerationOptions.defaults().withNumInferenceSteps(1).withSize(64, 64));
  }

  private GenerateImages action(GuidedImageGenerator generator, String query) {
    return new GenerateImages(spark, generator)
        .input(LocalSpark.table(spark, folder.resolve("prompts"), query))
        .output(folder.resolve("out").toString());
  }

  @Test
  void contactSheetShowsTheFirstImagesWithTheirBoxes() throws Exception {
    RunResult result = action(generator(), PROMPTS).execute();

    BufferedImage sheet = ImageIO.read(Path.of(result.contactSheet().orElseThrow()).toFile());

    assertThat(sheet.getWidth()).isEqualTo(3 * 264 + 8); // cut, guided and plain are good rows
    assertThat(sheet.getHeight())
        .isGreaterThanOrEqualTo(264 + 8); // words below, where there are fonts
    // The left edge of the box of "guided", in the second tile: 0.1 of 256 pixels.
    assertThat(new Color(sheet.getRGB(264 + 8 + 26, 90))).isEqualTo(new Color(0xFFD23F));
  }

  @Test
  void aSheetThatCannotBeWrittenFailsNothing() throws Exception {
    Path inTheWay = folder.resolve("out/contact-sheet.png/file");
    PipelineLoader loader = new ObstructingLoader(inTheWay.toString());

    RunResult result =
        action(generator().setPipelineLoader(loader), "select 'a red circle' prompt").execute();

    assertThat(inTheWay).exists();
    assertThat(result.contactSheet()).isEmpty();
    assertThat(result.summary().images()).isEqualTo(1);
  }

  /** Makes a file while the job runs. */
  private record ObstructingLoader(String file) implements PipelineLoader {

    @Override
    public ImagePipeline load(Path model, PretrainedOptions options) {
      try {
        Files.createDirectories(Path.of(file).getParent());
        Files.createFile(Path.of(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new LayoutGuidance().load(model, options);
    }
  }

  @Test
  void afterAFailureTheOutputFolderCanBeUsedAgain() {
    String prompts = "select 'a red circle' prompt";
    GenerateImages failing = action(generator().setPipelineLoader(new BrokenLoader()), prompts);

    assertThatThrownBy(failing::execute)
        .isInstanceOf(JobFailedException.class)
        .hasMessage(
            "Cannot make the images: Cannot load unet: missing tensor conv_in.weight. Finished chunks"
                + " stay: 0 of 1; to go on: boxwright generate");

    assertThat(
            new GenerateImages(spark, generator())
                .input(folder.resolve("prompts").toString())
                .output(folder.resolve("out").toString())
                .existing(ExistingOutput.OVERWRITE)
                .execute()
                .summary()
                .images())
        .isEqualTo(1);
  }

  private void assertRefused(GenerateImages action, String... messages) {
    assertThatThrownBy(action::execute)
        .isInstanceOf(InvalidInputException.class)
        .message()
        .contains(messages);
    assertThat(Files.isDirectory(folder.resolve("out/images"))).isFalse();
  }

  private void assertRefused(GuidedImageGenerator generator, String... messages) {
    assertRefused(action(generator, "select 'a cat' prompt"), messages);
  }

  @Test
  void everyRowGivesARowWithAnImageOrAnError() throws Exception {
    RunResult result = action(generator(), PROMPTS).execute();

    Map<String, Row> rows =
        spark.read().parquet(result.table()).collectAsList().stream()
            .collect(Collectors.toMap(row -> row.getAs("id"), row -> row));
    assertThat(rows).hasSize(7);
    assertError(rows, "in the cut part", "90");
    assertError(rows, "start token", "0");
    assertError(rows, "outside", "40");
    assertError(rows, "empty", "Invalid prompt");
    for (String good : List.of("guided", "plain", "cut")) {
      assertThat(rows.get(good).<String>getAs("error")).isNull();
      byte[] png = rows.get(good).<Row>getAs("image").getAs("bytes");
      assertThat(ImageIO.read(new ByteArrayInputStream(png)).getHeight()).isEqualTo(64);
    }
    assertThat(rows.get("cut").<String>getList(rows.get("cut").fieldIndex("warnings"))).hasSize(1);
    Row adherence = rows.get("guided").getAs("adherence");
    assertThat(adherence.<Row>getAs("guided").<Double>getAs("in_box_mass")).isBetween(0.0, 1.0);
    Row guidance = rows.get("guided").getAs("guidance");
    assertThat(guidance.<Integer>getAs("guidance_iterations")).isPositive();
    assertThat(rows.get("plain").<Row>getAs("adherence")).isNull();
    assertThat(rows.get("plain").<Row>getAs("guidance")).isNull();
    assertSummary(result);
  }

  private static void assertError(Map<String, Row> rows, String id, String message) {
    assertThat(rows.get(id).<String>getAs("status")).as(id).isEqualTo("error");
    assertThat(rows.get(id).<String>getAs("error")).as(id).contains(message);
  }

  private static void assertSummary(RunResult result) {
    assertThat(result.summary().images()).isEqualTo(7);
    assertThat(result.summary().failed()).isEqualTo(4);
    assertThat(result.summary().warned()).isEqualTo(1);
    assertThat(result.summary().errors().values()).containsOnly(1L).hasSize(4);
    ScoreMeans adherence = result.summary().scores("adherence").orElseThrow();
    assertThat(adherence.images()).isEqualTo(2);
    assertThat(adherence.means()).containsKeys("guided.in_box_mass", "held_out.lift");
  }

  @Test
  void readersOfOtherLanguagesFindPictures() throws Exception {
    String table = action(generator(), "select 'a red circle' prompt").execute().table();

    try (Stream<Path> files = Files.list(Path.of(table));
        ParquetFileReader reader =
            ParquetFileReader.open(
                HadoopInputFile.fromPath(
                    new org.apache.hadoop.fs.Path(
                        files
                            .filter(file -> file.toString().endsWith(".parquet"))
                            .findFirst()
                            .orElseThrow()
                            .toUri()),
                    new Configuration()))) {
      assertThat(reader.getFileMetaData().getKeyValueMetaData().get("huggingface"))
          .isEqualTo("{\"info\":{\"features\":{\"image\":{\"_type\":\"Image\"}}}}");
      assertThat(reader.getFileMetaData().getSchema().getType("image").toString())
          .contains("optional group image", "optional binary bytes", "optional binary path");
      BlockMetaData rowGroup = reader.getRowGroups().get(0);
      assertThat(rowGroup.getColumns())
          .allMatch(column -> column.getCodec() == CompressionCodecName.UNCOMPRESSED);
    }
  }

  @Test
  void rowsAreSpreadOverTasks() throws Exception {
    GenerateImages action =
        action(generator().setBatchSize(1), "select if(id = 0, 'a cat', '') prompt from range(9)");

    String table = action.execute().table();

    try (Stream<Path> files = Files.list(Path.of(table))) {
      assertThat(files.filter(file -> file.toString().endsWith(".parquet"))).hasSize(9);
    }
  }

  @Test
  void anEmptyTableGivesAnEmptyTable() {
    RunResult result = action(generator(), "select 'a cat' prompt where false").execute();

    assertThat(result.summary().images()).isZero();
    assertThat(spark.read().parquet(result.table()).columns()).contains("image", "status");
  }

  @Test
  void aWrongColumnIsRefused() {
    assertRefused(
        action(generator(), "select 1 prompt"), "Invalid prompt column: it is int", "prompts");
  }

  @Test
  void anUnreadableTableIsRefused() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.parquet"), "this is no Parquet file");

    assertRefused(
        new GenerateImages(spark, generator())
            .input(broken.toString())
            .output(folder.resolve("out").toString()),
        "Cannot read prompts from",
        "broken.parquet");
  }

  @Test
  void aTableWithABrokenFileAmongGoodOnesIsRefused() throws Exception {
    GenerateImages action = action(generator(), "select 'a cat' prompt");
    Files.writeString(folder.resolve("prompts/part-2.parquet"), "this is no Parquet file");

    assertRefused(
        action,
        "Cannot read prompts from",
        "part-2.parquet: its footer cannot be read",
        "write it again");
  }

  @Test
  void aTableWithADamagedPageIsRefused() throws Exception {
    GenerateImages action = action(generator(), "select 'a cat' prompt from range(1000)");
    try (Stream<Path> files = Files.list(folder.resolve("prompts"))) {
      Path file = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(file);
      Arrays.fill(bytes, 4, 60, (byte) -1);
      Files.write(file, bytes);
      Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    }

    assertRefused(action, "Cannot read prompts from", "prompts", ", in part-");
  }

  @Test
  void filesWithDifferentTypesAreRefused() {
    GenerateImages action = action(generator(), "select 'a cat' prompt");
    spark
        .sql("select 1 prompt")
        .write()
        .mode("append")
        .parquet(folder.resolve("prompts").toString());

    assertRefused(
        action,
        "Invalid prompt column: it is ",
        "string in part-",
        "int in part-",
        ", but must be string, in ");
  }

  @Test
  void aColumnThatSomeFilesLackIsNullThere() {
    GenerateImages action = action(generator(), "select 'a red circle' prompt");
    spark
        .sql("select 'a red circle' prompt, -3L seed")
        .write()
        .mode("append")
        .parquet(folder.resolve("prompts").toString());

    RunResult result = action.execute();

    assertThat(spark.read().parquet(result.table()).select("seed", "status").collectAsList())
        .hasSize(2)
        .allMatch(row -> row.getString(1).equals("ok"))
        .anyMatch(row -> row.getLong(0) == -3);
  }

  @Test
  void anOutputWithoutANameIsRefused() {
    assertThatThrownBy(() -> action(generator(), "select 'a cat' prompt").output("").execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Invalid output folder ''");
  }

  @Test
  void aGpuThatLibtorchCannotUseIsRefused() {
    assertRefused(
        generator().setDeviceType(DeviceType.GPU), "Cannot use gpu0", "conf/local-gpu.conf");
  }

  @Test
  void aModelFolderThatIsNotThereIsRefused() {
    assertRefused(generator().setModelUrl(folder.resolve("none").toString()), "none");
  }

  @Test
  void aModelFolderWithAMissingPartIsRefused() throws IOException {
    String[] parts = {
      "model_index.json",
      "unet/diffusion_pytorch_model.safetensors",
      "vae/config.json",
      "text_encoder/model.safetensors",
      "tokenizer/merges.txt",
      "scheduler/scheduler_config.json"
    };
    for (int i = 0; i < parts.length; i++) {
      Path model = TinyModel.copyTo(folder.resolve("copy" + i)).without(parts[i]).folder();
      GuidedImageGenerator generator = generator().setModelUrl(model.toString());
      assertThatThrownBy(() -> new GenerateImages(spark, generator).execute())
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll(parts[i].split("/"));
    }
  }

  @Test
  void aHeightThatIsNoMultipleOfTheVaeFactorIsRefused() {
    assertRefused(
        generator().setOptions(GenerationOptions.defaults().withSize(100, 64)),
        "height is 100",
        "multiple of 8");
  }

  @Test
  void anUnknownSchedulerIsRefused() {
    assertRefused(
        generator().setOptions(GenerationOptions.defaults().withScheduler("MagicScheduler")),
        "MagicScheduler",
        "DDIMScheduler");
  }

  @Test
  void anUnknownVariantIsRefused() {
    assertRefused(generator().setVariant("fp8"), "fp8");
  }

  @Test
  void anOutputFolderWithSomethingElseIsRefused() throws Exception {
    Files.createDirectories(folder.resolve("out"));
    Files.writeString(folder.resolve("out/thesis.tex"), "years of work");

    assertRefused(generator(), "Invalid output folder", "thesis.tex");
  }

  @Test
  void anOutputFolderThatIsAFileIsRefused() throws Exception {
    Files.writeString(folder.resolve("out"), "");

    assertRefused(generator(), "Invalid output folder", "it is a file");
  }
}
