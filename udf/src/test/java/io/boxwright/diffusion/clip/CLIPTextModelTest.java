package io.boxwright.diffusion.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.testing.Fixtures;
import io.boxwright.torch.GradMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CLIPTextModelTest {

  @TempDir private Path temporary;
  private NDManager manager;
  private GradMode gradMode;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    gradMode = GradMode.disabled();
  }

  @AfterEach
  void close() {
    gradMode.close();
    manager.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sd1", "sd2"})
  void givesTheHiddenStatesOfTransformers(String name) {
    Path folder = ClipFixtures.folder(name + "/text_encoder");
    CLIPTextModel model = CLIPTextModel.fromPretrained(folder, null, manager, DataType.FLOAT32);

    assertThat(relativeError(model, name)).isLessThan(1e-4f);
  }

  @Test
  void runsInHalfPrecision() {
    Path folder = ClipFixtures.folder("sd1/text_encoder");
    CLIPTextModel model = CLIPTextModel.fromPretrained(folder, null, manager, DataType.FLOAT16);

    assertThat(relativeError(model, "sd1")).isLessThan(2e-2f);
  }

  @Test
  void aTokenSeesOnlyThoseBeforeIt() {
    Path folder = ClipFixtures.folder("sd1/text_encoder");
    CLIPTextModel model = CLIPTextModel.fromPretrained(folder, null, manager, DataType.FLOAT32);

    NDArray states = model.forward(manager.create(new long[][] {{1, 2, 3}, {1, 2, 4}}));

    assertThat(states.getShape()).isEqualTo(new Shape(2, 3, 32));
    assertThat(difference(states.get("0, :2"), states.get("1, :2"))).isLessThan(1e-5f);
    assertThat(difference(states.get("0, 2"), states.get("1, 2"))).isGreaterThan(1e-2f);
  }

  @Test
  void keepsNothingButTheResult() {
    Path folder = ClipFixtures.folder("sd1/text_encoder");
    CLIPTextModel model = CLIPTextModel.fromPretrained(folder, null, manager, DataType.FLOAT32);
    int weights = manager.getManagedArrays().size();
    try (NDManager request = manager.newSubManager()) {
      model.forward(request.create(new long[][] {{1, 2, 3}}));
      assertThat(request.getManagedArrays()).hasSize(2);
    }
    assertThat(manager.getManagedArrays()).hasSize(weights);
  }

  @Test
  void namesWhatDoesNotFit() throws IOException {
    Path folder = ClipFixtures.folder("sd1/text_encoder");
    Files.copy(folder.resolve("model.safetensors"), temporary.resolve("model.safetensors"));
    String config = Files.readString(folder.resolve("config.json"));
    Files.writeString(
        temporary.resolve("config.json"),
        config.replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3"));

    assertThatThrownBy(
            () -> CLIPTextModel.fromPretrained(temporary, null, manager, DataType.FLOAT32))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("Cannot load text_encoder from " + temporary)
        .hasMessageContaining("16 missing tensors: encoder.layers.2.");
  }

  @Test
  void configHasTheDefaultsOfTransformers() throws IOException {
    CLIPTextConfig config = readConfig("{}");

    assertThat(config)
        .isEqualTo(
            new CLIPTextConfig("clip_text_model", 49408, 512, 2048, 12, 8, 77, "quick_gelu", 1e-5));
    assertThat(config.layerNormEps()).isEqualTo(1e-5, within(0.0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"hidden_act\": \"tanh\" | hidden_act is tanh, it must be one of gelu, gelu_new, ",
        "\"use_attention_mask\": true | use_attention_mask = true is not supported, only false",
        "\"model_type\": \"t5\" | model_type t5 is not supported; use clip_text_model",
        "\"num_attention_heads\": 7 | num_attention_heads 7 is not supported; use a divisor of"
            + " hidden_size 512",
        "\"max_position_embeddings\": 2 | max_position_embeddings is 2, it must be from 3 to ",
        "\"vocab_size\": 0 | vocab_size is 0, it must be from 1 to ",
        "\"hidden_size\": 0 | hidden_size is 0, it must be from 1 to ",
        "\"intermediate_size\": -8 | intermediate_size is -8, it must be from 1 to ",
        "\"num_hidden_layers\": 1000000000 | num_hidden_layers is 1000000000, it must be from 1 to ",
        "\"num_attention_heads\": 0 | num_attention_heads is 0, it must be from 1 to ",
        "\"num_attention_heads\": -4 | num_attention_heads is -4, it must be from 1 to ",
        "\"layer_norm_eps\": 0 | layer_norm_eps is 0.0, it must be greater than 0 and at most 1.0",
        "\"layer_norm_eps\": NaN | layer_norm_eps is NaN, it must be greater than 0",
        "\"layer_norm_eps\": 1e999 | layer_norm_eps is Infinity, it must be greater than 0",
        "\"hidden_size\": \"big\" | hidden_size is \"big\", it must be a whole number"
      })
  void configRefusesWhatIsNotSupported(String entry, String problem) {
    assertThatThrownBy(() -> readConfig("{" + entry + "}"))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageStartingWith("Cannot read " + temporary.resolve("config.json") + ": " + problem);
  }

  private CLIPTextConfig readConfig(String json) throws IOException {
    return CLIPTextConfig.read(Files.writeString(temporary.resolve("config.json"), json));
  }

  private float relativeError(CLIPTextModel model, String name) {
    Map<String, NDArray> fixture =
        Fixtures.tensors("clip/" + name + "/text_encoder/expected.safetensors", manager);
    NDArray expected = fixture.get("last_hidden_state");
    NDArray actual = model.forward(fixture.get("input_ids")).toType(DataType.FLOAT32, false);
    return difference(actual, expected) / expected.abs().max().getFloat();
  }

  private static float difference(NDArray a, NDArray b) {
    return a.sub(b).abs().max().getFloat();
  }
}
