package io.boxwright.diffusion.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.testing.DetectorFixtures;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.ModelCopy;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CLIPModelTest {

  private static final double TOLERANCE = 1e-4;

  @TempDir private Path temporary;
  private NDManager manager;
  private Map<String, NDArray> expected;

  @BeforeEach
  void open() {
    manager = newManager();
    expected = Fixtures.tensors("detectors/clip.safetensors", manager);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private static NDManager newManager() {
    return NDManager.newBaseManager(Device.cpu(), "PyTorch");
  }

  private static CLIPModel load(Path folder) {
    return CLIPModel.fromPretrained(folder, newManager(), DataType.FLOAT32);
  }

  @ParameterizedTest
  @CsvSource({"wide", "square", "tall", "small"})
  void preparesImagesAsTransformersDoesWithPillow(String name) {
    var processor = CLIPImageProcessor.fromPretrained(DetectorFixtures.folder("clip"));

    NDArray pixels = processor.process(List.of(DetectorFixtures.image(name)), manager);

    NDArray wanted = expected.get(name + ".pixels");
    Fixtures.assertWithin(pixels.reshape(wanted.getShape()), wanted, 1e-5);
  }

  @Test
  void givesTheVectorsOfTransformers() {
    try (CLIPModel model = load(DetectorFixtures.folder("clip"))) {
      for (JsonNode testCase : DetectorFixtures.cases("clip")) {
        String name = DetectorFixtures.imageName(testCase);
        List<float[]> images = model.embedImages(List.of(DetectorFixtures.image(name)));
        List<float[]> texts = model.embedTexts(DetectorFixtures.labels(testCase));

        assertDirection(images.get(0), expected.get(name + ".image_embeds"));
        NDArray wanted = expected.get(name + ".text_embeds");
        for (int i = 0; i < texts.size(); i++) {
          assertDirection(texts.get(i), wanted.get(i));
        }
      }
    }
  }

  @Test
  void vectorsDoNotDependOnWhatElseIsGiven() {
    BufferedImage wide = DetectorFixtures.image("wide");
    BufferedImage tall = DetectorFixtures.image("tall");
    try (CLIPModel model = load(DetectorFixtures.folder("clip"))) {
      assertThat(model.embedImages(List.of(tall, wide)).get(1))
          .isEqualTo(model.embedImages(List.of(wide)).get(0));
      assertThat(model.embedTexts(List.of("a cat", "a boat")).get(1))
          .isEqualTo(model.embedTexts(List.of("a boat")).get(0));
    }
  }

  @Test
  void keepsNothingButItsWeights() {
    NDManager weights = newManager();
    try (CLIPModel model =
        CLIPModel.fromPretrained(DetectorFixtures.folder("clip"), weights, DataType.FLOAT32)) {
      int before = weights.getManagedArrays().size();
      model.embedImages(List.of(DetectorFixtures.image("wide")));
      model.embedTexts(List.of("a cat"));
      assertThat(weights.getManagedArrays()).hasSize(before);
    }
    assertThat(weights.isOpen()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "config.json | \"image_size\": 32 | \"image_size\": 64 | images are prepared at 32 pixels by preprocessor_config.json, but image_size of vision_config in config.json is 64",
        "config.json | \"hidden_size\": 32 | \"hidden_size\": 33 | vision_config: num_attention_heads 4 is not supported; use a divisor of hidden_size 33",
        "config.json | \"vocab_size\": 766 | \"vocab_size\": 700 | vocab_size of text_config in config.json is 700, but the tokenizer has a token of id 765",
        "config.json | \"projection_dim\": 20 | \"projection_dim\": 21 | 2 mis-shaped tensors: ",
        "preprocessor_config.json | \"do_resize\": true | \"do_resize\": false | do_resize is false, it must be true",
        "preprocessor_config.json | \"shortest_edge\": 32 | \"shortest_edge\": 0 | size is {\"shortest_edge\":0}, it must be from 1 to 16384 pixels",
        "preprocessor_config.json | \"shortest_edge\": 32 | \"longest\": 32 | size is {\"longest\":32}, it must be a height and the same width",
      })
  void namesWhatIsWrongWithAFolder(String file, String good, String bad, String problem)
      throws Exception {
    Path folder =
        ModelCopy.of(DetectorFixtures.folder("clip"), temporary.resolve("model")).folder();
    String text = Files.readString(folder.resolve(file));
    assertThat(text).contains(good);
    Files.writeString(folder.resolve(file), text.replace(good, bad));

    assertThatThrownBy(() -> load(folder))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(problem);
  }

  /** The vector is not normalised, that of the fixture is. */
  private void assertDirection(float[] vector, NDArray unit) {
    NDArray array = manager.create(vector);
    Fixtures.assertWithin(array.div(array.norm()), unit, TOLERANCE);
  }
}
