package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StateDictTest extends ComponentWeights {

  @Test
  void readsTensorsByModuleAndName() throws IOException {
    new SafeTensorsBuilder()
        .floats("mid_block.attentions.0.weight", new long[] {2, 2}, 1, 2, 3, 4)
        .floats("bias", new long[] {3}, 5, 6, 7)
        .write(folder.resolve(NAME + ".safetensors"));

    StateDict weights = open(null, DataType.FLOAT32);
    NDArray weight = weights.at("mid_block").at("attentions.0").tensor("weight", 2, 2);
    NDArray bias = weights.tensor("bias", 3);
    weights.finish();

    assertThat(weight.getShape()).isEqualTo(new Shape(2, 2));
    assertThat(weight.toFloatArray()).containsExactly(1, 2, 3, 4);
    assertThat(bias.toFloatArray()).containsExactly(5, 6, 7);
  }

  @Test
  void convertsHalvesToFloats() throws IOException {
    new SafeTensorsBuilder()
        .shorts("F16", "half", new long[] {3}, 0x3C00, 0xC000, 0x3555)
        .shorts("BF16", "brain", new long[] {2, 2}, 0x3F80, 0xC000, 0x3EAB, 0x7F80)
        .write(folder.resolve(NAME + ".safetensors"));

    StateDict weights = open(null, DataType.FLOAT32);

    assertThat(weights.tensor("half", 3).toFloatArray()).containsExactly(1f, -2f, 0.33325195f);
    NDArray brain = weights.tensor("brain", 2, 2);
    assertThat(brain.getDataType()).isEqualTo(DataType.FLOAT32);
    assertThat(brain.toFloatArray()).containsExactly(1f, -2f, 0.33398438f, Float.POSITIVE_INFINITY);
  }

  @Test
  void convertsEveryFloatingTypeToFloat16() throws IOException {
    new SafeTensorsBuilder()
        .floats("full", new long[] {2}, 1, -2)
        .shorts("F16", "half", new long[] {2}, 0x3C00, 0xC000)
        .shorts("BF16", "brain", new long[] {2}, 0x3F80, 0xC000)
        .write(folder.resolve(NAME + ".safetensors"));

    StateDict weights = open(null, DataType.FLOAT16);

    for (String name : new String[] {"full", "half", "brain"}) {
      NDArray tensor = weights.tensor(name, 2);
      assertThat(tensor.getDataType()).isEqualTo(DataType.FLOAT16);
      assertThat(tensor.toType(DataType.FLOAT32, false).toFloatArray()).containsExactly(1, -2);
    }
  }

  @Test
  void integersAreNoWeights() throws IOException {
    new SafeTensorsBuilder()
        .longs("weight", new long[] {2}, 7, -9)
        .write(folder.resolve(NAME + ".safetensors"));
    StateDict weights = open(null, DataType.FLOAT16);
    weights.tensor("weight", 2);

    assertThatThrownBy(weights::finish)
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("mis-typed tensor weight has type I64, not F32, F16 or BF16");
  }

  @Test
  void tensorsOutliveTheOpenScopeAndEndWithTheManager() throws IOException {
    new SafeTensorsBuilder()
        .floats("full", new long[] {1}, 1)
        .shorts("F16", "half", new long[] {1}, 0x3C00)
        .shorts("BF16", "brain", new long[] {1}, 0x3F80)
        .write(folder.resolve(NAME + ".safetensors"));
    NDArray full;
    NDArray half;
    NDArray brain;
    try (NDScope scope = new NDScope()) {
      StateDict weights = open(null, DataType.FLOAT32);
      full = weights.tensor("full", 1);
      half = weights.tensor("half", 1);
      brain = weights.tensor("brain", 1);
    }

    assertThat(full.getFloat(0) + half.getFloat(0) + brain.getFloat(0)).isEqualTo(3f);
    manager.close();
    assertThat(full.isReleased() && half.isReleased() && brain.isReleased()).isTrue();
  }

  @Test
  void convertsDeprecatedAttentionNames() throws IOException {
    SafeTensorsBuilder file = new SafeTensorsBuilder();
    for (String part : new String[] {"query", "key", "value", "proj_attn"}) {
      file.floats("mid_block.attentions.0." + part + ".weight", new long[] {1, 2, 1, 1}, 1, 2);
      file.floats("mid_block.attentions.0." + part + ".bias", new long[] {1}, 3);
    }
    file.floats("key.conv.weight", new long[] {1, 1, 1, 1}, 4);
    file.write(folder.resolve(NAME + ".safetensors"));

    StateDict weights = open(null, DataType.FLOAT32).convertDeprecatedAttentionBlocks();

    StateDict attention = weights.at("mid_block.attentions.0");
    for (String part : new String[] {"to_q", "to_k", "to_v", "to_out.0"}) {
      assertThat(attention.at(part).tensor("weight", 1, 2).toFloatArray()).containsExactly(1, 2);
      attention.at(part).tensor("bias", 1);
    }
    weights.tensor("key.conv.weight", 1, 1, 1, 1);
    weights.finish();
  }

  @Test
  void takesOffPrefixesAndIgnoresNamedTensors() throws IOException {
    new SafeTensorsBuilder()
        .floats("text_model.a", new long[] {1}, 1)
        .floats("b", new long[] {1}, 2)
        .longs("text_model.position_ids", new long[] {1}, 0)
        .write(folder.resolve(NAME + ".safetensors"));

    StateDict weights =
        open(null, DataType.FLOAT32).withoutPrefix("text_model.").without("position_ids", "none");

    assertThat(weights.contains("a")).isTrue();
    assertThat(weights.contains("position_ids")).isFalse();
    weights.tensor("a", 1);
    weights.tensor("b", 1);
    weights.finish();
  }

  @Test
  void finishNamesEverythingThatDoesNotFitInOneMessage() throws IOException {
    new SafeTensorsBuilder()
        .floats("wide", new long[] {1, 2}, 1, 2)
        .floats("old.bias", new long[] {1}, 1)
        .write(folder.resolve(NAME + ".safetensors"));
    StateDict weights = open(null, DataType.FLOAT32);
    assertThat(weights.at("mid_block").tensor("proj.weight", 2)).isNull();
    weights.tensor("wide", 2, 1);

    assertThatThrownBy(weights::finish)
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage(
            "Cannot load unet from "
                + folder
                + ": missing tensor mid_block.proj.weight; mis-shaped tensor wide has shape (1, 2),"
                + " not (2, 1). Do the weights belong to this"
                + " config.json?");
  }

  @Test
  void finishNamesTenTensorsAndCountsTheOthers() throws IOException {
    write("a", 1, NAME + ".safetensors");
    StateDict weights = open(null, DataType.FLOAT32);
    weights.tensor("a", 1);
    for (int i = 0; i < 12; i++) {
      weights.tensor("m" + i, 1);
    }

    assertThatThrownBy(weights::finish)
        .hasMessageContaining("12 missing tensors: m0, m1, ")
        .hasMessageContaining("m9 and 2 more.")
        .hasMessageNotContaining("m10");
  }

  @Test
  @Timeout(10)
  void aModelWithoutEndIsGivenUp() throws IOException {
    write("a", 1, NAME + ".safetensors");
    StateDict weights = StateDict.openHeaders("unet", folder, NAME, null);

    assertThatThrownBy(
            () -> IntStream.iterate(0, i -> i + 1).forEach(i -> weights.tensor("m" + i, 1)))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("1001 missing tensors: m0, m1, ");
  }

  @Test
  void tensorsOfHostileNamesStayOneShortLine() throws IOException {
    SafeTensorsBuilder file = new SafeTensorsBuilder();
    for (int i = 0; i < 20; i++) {
      file.floats("\u001B[2J\n" + "x".repeat(5000) + i, new long[] {1}, 1);
    }
    file.write(folder.resolve(NAME + ".safetensors"));

    assertThat(open(null, DataType.FLOAT32).finish().orElseThrow())
        .startsWith("unet: 20 tensors: \\u001B[2J\\nxxx")
        .hasSizeLessThanOrEqualTo(2000)
        .doesNotContainPattern("\\p{Cntrl}");
  }

  @Test
  void aTensorUnderItsOldAndItsNewNameIsNamed() throws IOException {
    new SafeTensorsBuilder()
        .floats("text_model.a", new long[] {1}, 1)
        .floats("a", new long[] {1}, 2)
        .floats("b.query.weight", new long[] {1}, 3)
        .floats("b.to_q.weight", new long[] {1}, 4)
        .write(folder.resolve(NAME + ".safetensors"));
    StateDict weights =
        open(null, DataType.FLOAT32)
            .withoutPrefix("text_model.")
            .convertDeprecatedAttentionBlocks();
    weights.tensor("a", 1);
    weights.at("b").tensor("to_q.weight", 1);

    assertThat(weights.finish()).contains("unet: 2 tensors: text_model.a, b.query.weight not used");
  }

  @Test
  void refusesBfloat16AsTarget() {
    assertThatThrownBy(() -> open(null, DataType.BFLOAT16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Unsupported data type BFLOAT16: use FLOAT32 or FLOAT16");
  }
}
