package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.testing.LocalSpark;
import io.boxwright.testing.SharedSpark;
import io.boxwright.testing.StubLoader;
import io.boxwright.testing.TinyModel;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.executor.PipelineLoader;
import io.boxwright.udf.generate.GuidedImageGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose model becomes another one under the same name. */
class ModelSwapTest extends SharedSpark {

  private static final String UNET = "unet/diffusion_pytorch_model.safetensors";

  @TempDir private Path folder;

  private Path model;
  private Path other;
  private Path link;
  private String prompts;

  @BeforeEach
  void makeModels() throws Exception {
    model = TinyModel.copyTo(folder.resolve("model")).folder();
    other = TinyModel.copyTo(folder.resolve("other")).folder();
    change(other.resolve(UNET), true);
    link = Files.createSymbolicLink(folder.resolve("link"), model);
    prompts =
        LocalSpark.table(
            spark, folder.resolve("prompts"), "select 'p ' || id prompt from range(4)");
  }

  /** Another sign of each fourth weight, or one bit of one weight in the middle, in its place. */
  private static void change(Path weights, boolean all) throws IOException {
    FileTime modified = Files.getLastModifiedTime(weights);
    byte[] bytes = Files.readAllBytes(weights);
    int start = all ? bytes.length / 2 | 3 : bytes.length - 1000;
    int end = all ? bytes.length : start + 1;
    for (int i = start; i < end; i += 16) {
      bytes[i] ^= (byte) (all ? 0x80 : 1);
    }
    Files.write(weights, bytes);
    Files.setLastModifiedTime(weights, modified);
  }

  private void pointTo(Path target) throws IOException {
    Files.delete(link);
    Files.createSymbolicLink(link, target);
  }

  private GenerateImages action(PipelineLoader loader, Path from, String output) {
    GuidedImageGenerator generator =
        new GuidedImageGenerator()
            .setModelUrl(from.toString())
            .setModelCache(folder.resolve("cache"))
            .setDeviceType(DeviceType.CPU)
            .setPipelineLoader(loader)
            .setBatchSize(2)
            .setOptions(GenerationOptions.defaults().withNumInferenceSteps(1).withSize(64, 64));
    return new GenerateImages(spark, generator)
        .input(prompts)
        .output(folder.resolve(output).toString())
        .chunkRows(2)
        .command("the command");
  }

  private GenerateImages action(PipelineLoader loader) {
    return action(loader, link, "out");
  }

  private List<String> chunks() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("out/images"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private List<String> pictures(String output) {
    return spark
        .read()
        .parquet(folder.resolve(output).resolve("images").toString())
        .orderBy("prompt")
        .collectAsList()
        .stream()
        .map(row -> HexFormat.of().formatHex(row.<Row>getAs("image").<byte[]>getAs("bytes")))
        .toList();
  }

  private void assertRefused() throws Exception {
    Files.delete(folder.resolve("out/images/chunk-00001.parquet"));

    assertThatThrownBy(() -> action(new StubLoader()).execute())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageMatching(".*: model is [0-9a-f]{16} there, [0-9a-f]{16} here\\. Go on .*");
    assertThat(chunks()).containsExactly("chunk-00000.parquet");
  }

  @Test
  void aRunDoesNotGoOnWithWeightsOfWhichOneBitChanged() throws Exception {
    action(new StubLoader()).execute();
    change(model.resolve(UNET), false);

    assertRefused();
  }

  @Test
  void aRunDoesNotGoOnWithTheModelThatALinkPointsToLater() throws Exception {
    action(new StubLoader()).execute();
    pointTo(other);

    assertRefused();
  }

  @Test
  void aRunGoesOnWithACopyOfItsModelElsewhere() throws Exception {
    action(new StubLoader()).execute();
    Files.delete(folder.resolve("out/images/chunk-00001.parquet"));
    pointTo(TinyModel.copyTo(folder.resolve("moved")).folder());

    action(new StubLoader()).execute();

    assertThat(chunks()).hasSize(2);
  }

  @Test
  void aSecondRunInTheSameProcessHasTheModelThatIsThereThen() {
    PipelineLoader real = new PipelineLoader.LayoutGuidance();
    action(real).execute();
    List<String> before = pictures("out");
    assertThat(before).hasSize(4);

    relink();
    action(real).existing(ExistingOutput.OVERWRITE).execute();

    action(real, other, "expected").execute();
    assertThat(pictures("out")).isEqualTo(pictures("expected")).doesNotContainAnyElementsOf(before);
  }

  private void relink() {
    try {
      pointTo(other);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes to a file of the model while it is loaded. */
  private record WritingLoader(String file) implements PipelineLoader {

    @Override
    public ImagePipeline load(Path folder, PretrainedOptions options) {
      try {
        change(Path.of(file), false);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new StubLoader().load(folder, options);
    }
  }

  @Test
  void aModelThatChangesUnderARunEndsItWithTheNameOfTheFile() {
    assertThatThrownBy(() -> action(new WritingLoader(model.resolve(UNET).toString())).execute())
        .isInstanceOf(JobFailedException.class)
        .hasMessageStartingWith("Cannot make the images: Cannot load " + link)
        // The task of the other chunk, which loads the changed model, may be the first to fail.
        .hasMessageMatching(".*(was changed while it was loaded|has another model than).*")
        .hasMessageContaining(UNET)
        .hasMessageEndingWith("Finished chunks stay: 0 of 2; to go on: the command");
  }
}
