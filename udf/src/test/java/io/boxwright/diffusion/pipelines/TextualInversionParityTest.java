package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.clip.TokenizedPrompt;
import io.boxwright.diffusion.loading.LearnedEmbedding;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.TextualInversion;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tokens and pictures with textual inversions match diffusers: the fixtures of {@code
 * textual_inversion_fixtures.py}.
 */
class TextualInversionParityTest {

  private static final JsonNode GOLDEN = Fixtures.json("golden/textual_inversions.json");

  private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");

  static Stream<JsonNode> cases() {
    return GuidedCases.stream(GOLDEN.get("cases"));
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private static CLIPTokenizer tokenizer(List<TextualInversion> inversions) {
    return CLIPTokenizer.fromPretrained(
        Fixtures.sd1().resolve("tokenizer"),
        inversions.stream().map(LearnedEmbedding::read).toList());
  }

  private static CLIPTokenizer toyAndStyle() {
    return tokenizer(GuidedCases.textualInversions(GOLDEN.get("files")));
  }

  private static int[] ids(JsonNode ids) {
    return GuidedCases.stream(ids).mapToInt(JsonNode::asInt).toArray();
  }

  private static TextualInversion style(String token) {
    return new TextualInversion(
        Fixtures.path("textual_inversions/style.safetensors"), Optional.ofNullable(token));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void picturesAreThoseOfDiffusers(JsonNode testCase) throws IOException {
    NDArray golden =
        Fixtures.tensors("golden/textual_inversions.safetensors", manager)
            .get(testCase.get("name").asText());
    PretrainedOptions loading =
        PretrainedOptions.cpu()
            .withTextualInversions(GuidedCases.textualInversions(testCase.get("files")));
    GenerationOptions options =
        GenerationOptions.defaults()
            .withSize(testCase.get("height").asInt(), testCase.get("width").asInt())
            .withNumInferenceSteps(testCase.get("steps").asInt());
    GenerationRequest request =
        new GenerationRequest(
            testCase.get("prompt").asText(),
            testCase.get("negative_prompt").asText(),
            testCase.get("seed").asLong(),
            List.of());

    PretrainedFolder.check(Fixtures.sd1(), options, loading);
    try (StableDiffusionPipeline pipeline =
        StableDiffusionPipeline.fromPretrained(Fixtures.sd1(), loading)) {
      BufferedImage image =
          pipeline.generate(GenerationInputs.of(List.of(request), options)).get(0);

      assertThat(pipeline.tokenizer().encode(request.prompt()).ids())
          .isEqualTo(ids(testCase.get("ids")));
      assertThat(Images.largestDifference(image, golden)).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void promptsHaveTheTokensOfDiffusers() {
    try (CLIPTokenizer tokenizer = toyAndStyle()) {
      for (JsonNode prompt : GOLDEN.get("prompts")) {
        String text = prompt.get("prompt").asText();
        assertThat(tokenizer.encode(text).ids()).as(text).isEqualTo(ids(prompt.get("ids")));
      }
    }
  }

  @Test
  void allVectorsAreReadInAnyCase() {
    try (CLIPTokenizer tokenizer = tokenizer(List.of(style("<Big-Style>")))) {
      for (String prompt : List.of("a <Big-Style> cat", "a <BIG-STYLE> cat")) {
        assertThat(tokenizer.encode(prompt).length()).as(prompt).isEqualTo(2 + 1 + 4 + 1);
      }
    }
  }

  @Test
  void phrasesAreFoundAfterTheExpansion() {
    try (CLIPTokenizer tokenizer = toyAndStyle()) {
      String text = "a <style> cat with two <toy>s";
      TokenizedPrompt prompt = tokenizer.encode(text);

      assertThat(prompt.text()).isEqualTo(text);
      assertThat(tokenizer.tokenIndices(text, "cat")).containsExactly(6);
      assertThat(tokenizer.tokenIndices(text, "<style>")).containsExactly(2, 3, 4, 5);
      assertThat(tokenizer.tokenIndices(text, "<Style> cat")).containsExactly(2, 3, 4, 5, 6);
      assertThat(
              tokenizer.contradictions(
                  prompt, List.of("<style>", "cat"), List.of(List.of(2), List.of(3))))
          .singleElement(org.assertj.core.api.InstanceOfAssertFactories.STRING)
          .startsWith("token_indices[1] stand for");
    }
  }

  @Test
  void aTokenThatIsThereAlreadyIsRefused() {
    assertThatThrownBy(() -> tokenizer(List.of(style("cat</w>"))))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageEndingWith(
            "the tokenizer has the token cat</w> already; give another name: FILE:TOKEN");
    assertThatThrownBy(() -> tokenizer(List.of(style(null), style(null))))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("has the token <style> already");
    assertThatThrownBy(() -> tokenizer(List.of(style("<v>_1"), style("<v>"))))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("has the token <v>_1 already");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "textual_inversions/nameless.safetensors | it does not name its token: give FILE:TOKEN",
        "golden/textual_inversions.safetensors | it has 5 tensors, a textual inversion has one",
      })
  void filesOfOtherFormsAreRefused(String file, String problem) {
    assertThatThrownBy(() -> LearnedEmbedding.read(TextualInversion.parse(path(file))))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage("Cannot read the textual inversion %s: %s".formatted(path(file), problem));
  }

  private static String path(String file) {
    return Fixtures.path(file).toString();
  }

  @Test
  void picklesAndVectorsOfOtherModelsAreRefused(@TempDir Path folder) throws IOException {
    Path pickle = Files.writeString(folder.resolve("style.pt"), "");
    assertThatThrownBy(() -> LearnedEmbedding.read(new TextualInversion(pickle, Optional.empty())))
        .hasMessageEndingWith(
            "it is pickled; convert it to safetensors, as udf/docs/models.md says");
    assertThatThrownBy(() -> LearnedEmbedding.read(style(null)).requireWidth(768))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("numbers, but those of this model have");
  }

  @ParameterizedTest
  @CsvSource({
    "a/style.safetensors, a/style.safetensors, ",
    "a/style.safetensors:<my style>, a/style.safetensors, <my style>",
    "style.pt:art, style.pt, art",
    "hdfs://host:8020/a.safetensors:x, hdfs://host:8020/a.safetensors, x",
    "hdfs://host:8020/a.safetensors, hdfs://host:8020/a.safetensors, ",
  })
  void aTokenFollowsTheNameOfTheFile(String text, String name, String token) {
    TextualInversion.Spelling spelling = TextualInversion.Spelling.parse(text);

    assertThat(spelling.name()).isEqualTo(name);
    assertThat(spelling.token()).isEqualTo(Optional.ofNullable(token));
  }
}
