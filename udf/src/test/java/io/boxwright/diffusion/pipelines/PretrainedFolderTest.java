package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.PipelineFiles;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.ModelCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The errors that a driver finds in copies of the tiny folder, without loading any weights. */
class PretrainedFolderTest {

  private static final GenerationOptions OPTIONS = GenerationOptions.defaults();

  @TempDir private Path folder;

  @BeforeEach
  void copyFolder() throws IOException {
    ModelCopy.of(Fixtures.sd1(), folder);
  }

  @Test
  void wholeFolderPasses() {
    assertThat(PretrainedFolder.check(folder, null, OPTIONS)).isNotNull();
  }

  @Test
  void tensorOfAnotherShapeIsNamed() throws IOException {
    replace(
        "unet/config.json",
        "\"block_out_channels\": [\n    16",
        "\"block_out_channels\": [\n    32");

    assertThatThrownBy(() -> PretrainedFolder.check(folder, null, OPTIONS))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("Cannot load unet")
        .hasMessageContaining("conv_in.weight");
  }

  @Test
  void partsThatDoNotFitTogetherAreNamed() throws IOException {
    replace("unet/config.json", "\"cross_attention_dim\": 32", "\"cross_attention_dim\": 48");

    assertThatThrownBy(() -> PretrainedFolder.check(folder, null, OPTIONS))
        .hasMessageContaining(
            "cross_attention_dim of unet is 48, but hidden_size of text_encoder is 32");
  }

  @Test
  void stepsThatTheSchedulerCannotMakeAreRefused() {
    for (String scheduler : List.of("EulerDiscreteScheduler", "DDIMScheduler")) {
      assertThatThrownBy(
              () ->
                  PretrainedFolder.check(
                      folder, null, OPTIONS.withScheduler(scheduler).withNumInferenceSteps(1001)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1001");
    }
  }

  @Test
  void variantThatNoPartHasIsRefused() {
    assertThatThrownBy(() -> PretrainedFolder.check(folder, "fp16", OPTIONS))
        .hasMessageContaining("no part has weights of the variant fp16");
  }

  @Test
  void emptyTokenizerDefinitionIsRefused() throws IOException {
    Files.writeString(folder.resolve("tokenizer/tokenizer.json"), "{}");

    assertThatThrownBy(() -> PretrainedFolder.check(folder, null, OPTIONS))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("model.vocab");
  }

  /** Values that would later loop or divide by zero, row by row. */
  @ParameterizedTest
  @Timeout(10)
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "unet | layers_per_block | 1000000000 | layers_per_block is 1000000000, it must be from 1",
        "unet | layers_per_block | 2147483647 | layers_per_block is 2147483647, it must be from 1",
        "unet | layers_per_block | 0 | layers_per_block is 0, it must be from 1 to 100",
        "unet | layers_per_block | [2, 2] | layers_per_block has 2 values, but block_out_channels has 4",
        "unet | layers_per_block | [2, 2, 2.5, 2] | layers_per_block[2] is 2.5, it must be a whole",
        "unet | layers_per_block | 100 | missing tensors: ",
        "unet | transformer_layers_per_block | 100000000 | transformer_layers_per_block is 100000000",
        "unet | transformer_layers_per_block | 0 | transformer_layers_per_block[0] is 0, it must be",
        "unet | transformer_layers_per_block | 100 | missing tensors: ",
        "unet | attention_head_dim | 0 | attention_head_dim[0] is 0, it must be from 1",
        "unet | attention_head_dim | -4 | attention_head_dim[0] is -4, it must be from 1",
        "unet | attention_head_dim | [4, 3, 4, 4] | block_out_channels[1] is 32, it must be a multiple"
            + " of attention_head_dim[1], 3",
        "unet | norm_num_groups | 0 | norm_num_groups is 0, it must be from 1",
        "unet | norm_num_groups | 7 | block_out_channels[0] is 16, it must be a multiple of"
            + " norm_num_groups, 7",
        "unet | block_out_channels | [] | block_out_channels has 0 values, it must have from 1 to 10",
        "unet | block_out_channels | [16, -32, 32, 32] | block_out_channels[1] is -32, it must be",
        "unet | block_out_channels | [16, 32, null, 32] | block_out_channels[2] is null, it must be",
        "unet | block_out_channels | [16, 32, '32', 32] | block_out_channels[2] is '32', it must be",
        "unet | sample_size | 0 | sample_size is 0, it must be from 1 to 256",
        "unet | sample_size | 1000000 | sample_size is 1000000, it must be from 1 to 256",
        "unet | sample_size | [1, 2, 3] | sample_size has 3 values, it must have 2",
        "unet | freq_shift | 8 | freq_shift is 8.0, it must be at least 0 and less than half of",
        "unet | freq_shift | NaN | freq_shift is NaN, it must be at least 0 and less than half of",
        "unet | norm_eps | 0 | norm_eps is 0.0, it must be greater than 0 and at most 1.0",
        "unet | norm_eps | -1e-5 | norm_eps is -1.0E-5, it must be greater than 0",
        "unet | mid_block_scale_factor | 0 | mid_block_scale_factor is 0.0, it must be greater than 0",
        "unet | downsample_padding | -1 | downsample_padding is -1, it must be from 0 to 1",
        "unet | in_channels | 0 | in_channels is 0, it must be from 1",
        "unet | cross_attention_dim | 3000000000 | cross_attention_dim is 3000000000, it must be a",
        "unet | down_block_types | [5] | down_block_types[0] is 5, it must be text",
        "unet | only_cross_attention | 'no' | only_cross_attention is 'no', it must be true or false",
        "vae | layers_per_block | 1000000000 | layers_per_block is 1000000000, it must be from 1",
        "vae | norm_num_groups | 5 | block_out_channels[0] is 8, it must be a multiple of",
        "vae | block_out_channels | [] | block_out_channels has 0 values, it must have from 1 to 10",
        "vae | out_channels | 4 | out_channels is 4, it must be 3",
        "vae | latent_channels | -4 | latent_channels is -4, it must be from 1",
        "vae | scaling_factor | 0 | scaling_factor is 0.0, it must be greater than 0",
        "vae | scaling_factor | NaN | scaling_factor is NaN, it must be greater than 0",
        "text_encoder | num_hidden_layers | 1000000000 | num_hidden_layers is 1000000000, it must be",
        "text_encoder | num_hidden_layers | 1000 | missing tensors: ",
        "text_encoder | vocab_size | 0 | vocab_size is 0, it must be from 1",
        "text_encoder | vocab_size | 765 | vocab_size of text_encoder is 765, but the tokenizer has a"
            + " token of id 765",
        "text_encoder | hidden_size | 1073741824 | hidden_size is 1073741824, it must be from 1",
        "scheduler | num_train_timesteps | 1000000000 | num_train_timesteps is 1000000000, it must be",
        "scheduler | num_train_timesteps | 10 | num_inference_steps is 50, it must be from 1 to",
        "scheduler | beta_start | 1e-300 | the betas (beta_start, ",
        "scheduler | beta_end | 0.9999 | the betas (beta_start, ",
        "scheduler | beta_end | NaN | beta_end is NaN, it must be between 0 and 1",
        "scheduler | trained_betas | [0.1, 0.2] | trained_betas has 2 entries, it must have",
        "scheduler | trained_betas | [0.1, NaN] | trained_betas[1] is NaN, it must be between 0 and 1",
        "scheduler | trained_betas | [] | trained_betas has 0 entries, it must have",
        "scheduler | beta_schedule | '\\u001b[2J' | beta_schedule is \\u001B[2J; supported:",
      })
  void impossibleValuesAreRefusedByFileAndKey(String part, String key, String value, String problem)
      throws IOException {
    String name = part + (part.equals("scheduler") ? "/scheduler_config.json" : "/config.json");
    set(name, key, value.replace('\'', '"'));

    assertThatThrownBy(() -> PretrainedFolder.check(folder, null, OPTIONS))
        .isInstanceOfAny(ModelLoadingException.class, IllegalArgumentException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(problem.replace('\'', '"'))
        .message()
        .hasSizeLessThanOrEqualTo(1000)
        .doesNotContainPattern("\\p{Cntrl}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "DPMSolverMultistepScheduler | lambda_min_clipped     | 1000 | lambda_min_clipped is 1000.0,",
        "EulerDiscreteScheduler      | sigma_max              | 0.001 | sigma_max is 0.001, it must",
        "DDIMScheduler               | rescale_betas_zero_snr | true | rescale_betas_zero_snr is true",
      })
  void noiseThatASchedulerCannotDivideByIsRefused(
      String scheduler, String key, String value, String problem) throws IOException {
    set("scheduler/scheduler_config.json", key, value);
    set("scheduler/scheduler_config.json", "use_karras_sigmas", "true");
    set("scheduler/scheduler_config.json", "timestep_spacing", "\"trailing\"");

    assertThatThrownBy(() -> PretrainedFolder.check(folder, null, OPTIONS.withScheduler(scheduler)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem)
        .hasMessageEndingWith("; see " + folder.resolve("scheduler/scheduler_config.json"));
  }

  @ParameterizedTest
  @Timeout(10)
  @ValueSource(
      strings = {
        "model_index.json",
        "scheduler/scheduler_config.json",
        "text_encoder/config.json",
        "text_encoder/model.safetensors",
        "tokenizer/merges.txt",
        "tokenizer/special_tokens_map.json",
        "tokenizer/tokenizer_config.json",
        "tokenizer/tokenizer.json",
        "tokenizer/vocab.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
      })
  void aPipeInPlaceOfAFileIsRefused(String name) throws Exception {
    Path file = folder.resolve(name);
    Files.deleteIfExists(file);
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();

    assertThatThrownBy(
            () -> PretrainedFolder.check(folder, name.contains("fp16") ? "fp16" : null, OPTIONS))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage("Cannot read " + file + ": it is not a regular file");
  }

  @Test
  void promptsLongerThanTheTextEncoderReadsAreRefused() throws IOException {
    set("tokenizer/tokenizer_config.json", "model_max_length", "128");

    assertThatThrownBy(() -> PretrainedFolder.check(folder, null, OPTIONS))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(
            "model_max_length of tokenizer is 128, but max_position_embeddings of text_encoder is"
                + " 77");
  }

  @Test
  void theSchedulersClassIsThatOfTheIndex() throws IOException {
    set("model_index.json", "scheduler", "[\"diffusers\", \"FlowMatchEulerDiscreteScheduler\"]");

    assertThatThrownBy(() -> PretrainedFolder.check(folder, null, OPTIONS))
        .hasMessageContaining(
            "The scheduler of the model, FlowMatchEulerDiscreteScheduler, is not supported; give another"
                + " one, such as --scheduler EulerDiscreteScheduler");
    assertThatCode(
            () ->
                PretrainedFolder.check(
                    folder, null, OPTIONS.withScheduler("EulerDiscreteScheduler")))
        .doesNotThrowAnyException();
  }

  @Test
  void weightsOfAVariantAloneAreNamed() throws IOException {
    Path weights = folder.resolve("unet/diffusion_pytorch_model.safetensors");
    Files.move(weights, folder.resolve("unet/diffusion_pytorch_model.fp16.safetensors"));

    assertThatThrownBy(() -> PretrainedFolder.check(folder, null, OPTIONS))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageEndingWith(
            "there is no diffusion_pytorch_model.safetensors, only the variant fp16 of it: give"
                + " --variant fp16");
  }

  @Test
  void partsWithoutTheVariantAreReadFromPlainFilesAndPickledOnesAreIgnored() throws IOException {
    Path weights = folder.resolve("unet/diffusion_pytorch_model.safetensors");
    Files.move(weights, folder.resolve("unet/diffusion_pytorch_model.fp16.safetensors"));
    Files.writeString(folder.resolve("unet/diffusion_pytorch_model.bin"), "pickled");
    Files.writeString(folder.resolve("text_encoder/pytorch_model.bin"), "pickled");
    Files.writeString(folder.resolve("vae/diffusion_pytorch_model.fp16.bin"), "pickled");

    assertThat(PretrainedFolder.check(folder, "fp16", OPTIONS)).isEmpty();
    assertThat(PipelineFiles.of(folder, "fp16"))
        .contains(
            "unet/diffusion_pytorch_model.fp16.safetensors",
            "vae/diffusion_pytorch_model.safetensors",
            "text_encoder/model.safetensors")
        .noneMatch(file -> file.endsWith(".bin"));
  }

  /** Makes a folder like those of the hub's cache, where every file is a link to another name. */
  @Test
  void aFolderOfLinksPasses() throws IOException {
    Path blobs = Files.createDirectory(folder.resolve("blobs"));
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path blob = blobs.resolve("blob" + files.indexOf(file));
      Files.move(file, blob);
      Files.createSymbolicLink(file, file.getParent().relativize(blob));
    }

    assertThat(PretrainedFolder.check(folder, null, OPTIONS)).isNotNull();
  }

  @Test
  void aPipelineThatIsLoadedWithoutACheckIsRefusedAlike() throws IOException {
    set("tokenizer/vocab.json", "€", "766");
    assertLoadRefused("vocab_size of text_encoder is 766, but the tokenizer has a token of id 766");
    set("unet/config.json", "transformer_layers_per_block", "100");
    assertLoadRefused("missing tensors: ");
  }

  private void assertLoadRefused(String problem) {
    assertThatThrownBy(
            () -> StableDiffusionPipeline.fromPretrained(folder, PretrainedOptions.cpu()))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(problem);
  }

  /** Writes a value as it is, in place of one that the file may have. */
  private void set(String name, String key, String value) throws IOException {
    Path file = folder.resolve(name);
    ObjectNode json = (ObjectNode) new ObjectMapper().readTree(file.toFile());
    json.putRawValue(key, new RawValue(value));
    Files.writeString(file, json.toString());
  }

  private void replace(String name, String text, String replacement) throws IOException {
    Path file = folder.resolve(name);
    String content = Files.readString(file);
    assertThat(content).contains(text);
    Files.writeString(file, content.replace(text, replacement));
  }
}
