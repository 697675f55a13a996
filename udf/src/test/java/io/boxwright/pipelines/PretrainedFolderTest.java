package io.boxwright.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.loading.ModelLoadingException;
import io.boxwright.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a driver finds wrong with a copy of the tiny folder, without loading any weights. */
class PretrainedFolderTest {

  private static final GenerationOptions OPTIONS = GenerationOptions.defaults();

  @TempDir private Path folder;

  @BeforeEach
  void copyFolder() throws IOException {
    try (Stream<Path> files = Files.walk(Fixtures.sd1())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(Fixtures.sd1().relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
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

  private void replace(String name, String text, String replacement) throws IOException {
    Path file = folder.resolve(name);
    String content = Files.readString(file);
    assertThat(content).contains(text);
    Files.writeString(file, content.replace(text, replacement));
  }
}
