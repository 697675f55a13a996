package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
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

/** LoRAs of a model with one linear layer, {@code a.to_q}, and one convolution, {@code conv_in}. */
class LoraFusionTest {

  private static final long[] LINEAR = {2, 2};

  private final NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
  @TempDir private Path folder;
  private Map<String, SafeTensor> model;

  @BeforeEach
  void makeModel() throws IOException {
    model =
        SafeTensors.read(
            new SafeTensorsBuilder()
                .floats("a.to_q.weight", LINEAR, 1, 2, 3, 4)
                .floats("a.to_q.bias", new long[] {2}, 1, 2)
                .floats("conv_in.weight", new long[] {1, 2, 1, 2}, 1, 2, 3, 4)
                .write(folder.resolve("model.safetensors")));
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private LoraFusion fuse(double weight, SafeTensorsBuilder lora) throws IOException {
    Path file = lora.write(folder.resolve("style.safetensors"));
    return LoraFusion.of("unet", model, List.of(new Lora(file, weight)));
  }

  private NDArray read(LoraFusion loras, String name) {
    SafeTensor tensor = model.get(name);
    return loras.apply(tensor, new TensorReader(manager, DataType.FLOAT32).read(tensor));
  }

  @Test
  void aWeightGetsTheProductOfBothMatricesTimesAlphaOverRank() throws IOException {
    LoraFusion loras =
        fuse(
            0.5,
            new SafeTensorsBuilder()
                .floats("lora_unet_a_to_q.lora_down.weight", new long[] {1, 2}, 1, 10)
                .floats("lora_unet_a_to_q.lora_up.weight", new long[] {2, 1}, 2, 3)
                .floats("lora_unet_a_to_q.alpha", new long[] {1}, 4));

    NDArray changed = read(loras, "a.to_q.weight");

    assertThat(changed.toFloatArray()).containsExactly(5, 42, 9, 64); // + 0.5 * 4 / 1 * up @ down
    assertThat(changed.getManager()).isSameAs(manager);
    assertThat(read(loras, "a.to_q.bias").toFloatArray()).containsExactly(1, 2);
  }

  @Test
  void aConvolutionKeepsItsShape() throws IOException {
    LoraFusion loras =
        fuse(
            1,
            new SafeTensorsBuilder()
                .floats("unet.conv_in.lora.down.weight", new long[] {1, 2, 1, 2}, 1, 2, 3, 4)
                .floats("unet.conv_in.lora.up.weight", new long[] {1, 1, 1, 1}, 10));

    NDArray changed = read(loras, "conv_in.weight");

    assertThat(changed.getShape()).isEqualTo(new Shape(1, 2, 1, 2));
    assertThat(changed.toFloatArray()).containsExactly(11, 22, 33, 44);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unet.b.lora_A.weight, unet.b.lora_B.weight | 1 of its 1 modules of unet are not in this model, such as b;",
        "unet.conv_in.lora_A.weight, unet.conv_in.lora_B.weight | 1 of its 1 modules of unet have other shapes than this model, such as conv_in",
        "unet.a.to_q.lora_A.weight, unet.a.to_q.alpha | module a_to_q of unet does not have both matrices, down and up",
        "unet.a.to_q.lora_A.weight, lora_unet_a_to_q.lora_down.weight | is there in two forms",
        "lora_unet_a_to_q.dora_scale, x | key lora_unet_a_to_q.dora_scale belongs to DoRA, which is not supported",
        "lora_unet_a_to_q.hada_w1_a, x | belongs to LyCORIS (LoHa), which is not supported",
        "lora_te2_text_model.lora_down.weight, x | belongs to Stable Diffusion XL",
        "unet.a.to_q.lora_A.weight, unet.a.to_q.lora_B.weight, unet.a.to_q.alpha | the alpha of module a_to_q of unet is not one number",
        "cond_stage_model.transformer.x | 1 of its 1 keys are of no known form",
        "transformer.a.lora_A.weight | belongs to a model with a transformer in place of the UNet",
        "unet.a.to_q.lora_A.weight, conv_in.weight | 1 of its 2 keys are of no known form, such as conv_in.weight",
      })
  void whatCannotBeAddedIsNamed(String keys, String message) {
    SafeTensorsBuilder lora = new SafeTensorsBuilder();
    for (String key : keys.split(", ")) {
      lora.floats(key, LINEAR, 1, 2, 3, 4);
    }

    assertThatThrownBy(() -> fuse(1, lora))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageStartingWith(
            "Cannot read the LoRA " + folder.resolve("style.safetensors") + ": ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "style.ckpt, it is pickled; convert it to safetensors",
    "style.safetensors, does not begin like one",
    "style.safetensors, style.safetensors",
  })
  void otherFilesAreRefusedByName(String name, String message) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "x");

    assertThatThrownBy(() -> LoraFusion.of("unet", model, List.of(new Lora(file, 1))))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(message);
    assertThatThrownBy(() -> new Lora(file, Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
