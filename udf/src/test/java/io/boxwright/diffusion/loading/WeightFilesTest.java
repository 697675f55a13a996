package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The files that weights are read from: variants, shards, and their index. */
class WeightFilesTest extends ComponentWeights {

  @Test
  void readsEveryShardOfAnIndex() throws IOException {
    writeShards("", NAME + ".safetensors.index.json");

    StateDict weights = open(null, DataType.FLOAT32);

    assertThat(weights.tensor("a", 1).getFloat(0)).isEqualTo(1);
    assertThat(weights.tensor("b", 1).getFloat(0)).isEqualTo(2);
    weights.finish();
  }

  @Test
  void prefersTheFilesOfTheVariant() throws IOException {
    write("a", 1, NAME + ".safetensors");
    write("a", 2, NAME + ".fp16.safetensors");

    assertThat(open(null, DataType.FLOAT32).tensor("a", 1).getFloat(0)).isEqualTo(1);
    assertThat(open("fp16", DataType.FLOAT32).tensor("a", 1).getFloat(0)).isEqualTo(2);
  }

  @Test
  void readsShardsOfAVariantInBothSpellings() throws IOException {
    for (String index :
        new String[] {
          NAME + ".safetensors.index.fp16.json", NAME + ".fp16.safetensors.index.json"
        }) {
      writeShards(".fp16", index);
      assertThat(open("fp16", DataType.FLOAT32).tensor("b", 1).getFloat(0)).isEqualTo(2);
      Files.delete(folder.resolve(index));
    }
  }

  @Test
  void takesThePlainFilesWhereThereIsNoVariant() throws IOException {
    write("a", 1, NAME + ".safetensors");

    assertThat(open("fp16", DataType.FLOAT32).tensor("a", 1).getFloat(0)).isEqualTo(1);
  }

  @Test
  void saysThatTheWeightsAreMissing() {
    assertThatThrownBy(() -> open(null, DataType.FLOAT32))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage(
            "Cannot load unet from "
                + folder
                + ": there is no diffusion_pytorch_model.safetensors");
    assertThatThrownBy(
            () ->
                StateDict.open("vae", folder.resolve("vae"), NAME, null, manager, DataType.FLOAT32))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("Cannot load vae from " + folder.resolve("vae"));
  }

  @Test
  void refusesPickledWeightsWithAdvice() throws IOException {
    Files.createFile(folder.resolve(NAME + ".bin"));

    assertThatThrownBy(() -> open(null, DataType.FLOAT32))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("Cannot load unet from " + folder)
        .hasMessageContaining("pickled (.bin or .ckpt)")
        .hasMessageContaining("safe_serialization=True");
  }

  @Test
  void namesAShardThatIsNotThere() throws IOException {
    writeShards("", NAME + ".safetensors.index.json");
    Files.delete(folder.resolve("shard-2.safetensors"));

    assertThatThrownBy(() -> open(null, DataType.FLOAT32))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(NAME + ".safetensors.index.json lists shard-2.safetensors, which");
  }

  @Test
  void shardsOutsideTheFolderAreRefused() throws IOException {
    write("b", 2, "../outside.safetensors");
    for (String name :
        new String[] {
          "../outside.safetensors",
          folder.resolve("../outside.safetensors").toString(),
          "..\\\\outside.safetensors",
          "..",
          "",
          "a/b.safetensors",
          "\\u0000.safetensors",
          "\\ud83d.safetensors",
          "config.json"
        }) {
      writeIndex("{\"b\": \"%s\"}".formatted(name));
      assertThatThrownBy(() -> open(null, DataType.FLOAT32))
          .as(name)
          .isInstanceOf(ModelLoadingException.class)
          .hasMessageContaining(NAME + ".safetensors.index.json: weight_map.b is ")
          .hasMessageEndingWith("must be the name of a .safetensors file in the same folder");
    }
    Files.delete(folder.resolve("../outside.safetensors"));
  }

  @Test
  void shardsAreFoundThroughLinks() throws IOException {
    Path blobs = Files.createDirectory(folder.resolve("blobs"));
    Path part = Files.createDirectory(folder.resolve("unet"));
    write("a", 5, "blobs/0123abcd");
    Files.createSymbolicLink(part.resolve(NAME + ".safetensors"), Path.of("../blobs/0123abcd"));

    StateDict weights = StateDict.open("unet", part, NAME, null, manager, DataType.FLOAT32);

    assertThat(blobs).isDirectory();
    assertThat(weights.tensor("a", 1).getFloat(0)).isEqualTo(5);
  }

  @Test
  void shardsThatContradictTheIndexAreRefused() throws IOException {
    write("a", 1, "shard-1.safetensors");
    new SafeTensorsBuilder()
        .floats("a", new long[] {1}, 1)
        .floats("b", new long[] {1}, 2)
        .write(folder.resolve("shard-2.safetensors"));

    writeIndex("{\"a\": \"shard-1.safetensors\", \"b\": \"shard-2.safetensors\"}");
    assertRefused("shard-2.safetensors holds tensor a, which belongs to another shard");
    writeIndex("{\"b\": \"shard-2.safetensors\", \"c\": \"shard-1.safetensors\"}");
    assertRefused("shard-2.safetensors holds tensor a, which belongs to another shard");
    writeIndex("{\"a\": \"shard-1.safetensors\", \"c\": \"shard-1.safetensors\"}");
    assertRefused(
        ".safetensors.index.json lists tensor c, which shard-1.safetensors does not hold");
    writeIndex("{\"a\": 5}");
    assertRefused("weight_map.a is 5, it must be text");
    writeIndex("{\"a\": null}");
    assertRefused("weight_map.a is null, it must be text");
    writeIndex("[]");
    assertRefused("weight_map is [], it must be an object");
  }

  @Test
  void refusesAnIndexWithoutWeightMap() throws IOException {
    Path index = folder.resolve(NAME + ".safetensors.index.json");
    Files.writeString(index, "{}");

    assertThatThrownBy(() -> open(null, DataType.FLOAT32))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage("Cannot read " + index + ": weight_map is missing");
  }

  private void writeIndex(String weightMap) throws IOException {
    Files.writeString(
        folder.resolve(NAME + ".safetensors.index.json"),
        "{\"weight_map\": %s}".formatted(weightMap));
  }

  private void writeShards(String variant, String index) throws IOException {
    write("a", 1, "shard-1" + variant + ".safetensors");
    write("b", 2, "shard-2" + variant + ".safetensors");
    Files.writeString(
        folder.resolve(index),
        "{\"metadata\":{},\"weight_map\":{\"a\":\"shard-1%1$s.safetensors\",\"b\":\"shard-2%1$s.safetensors\"}}"
            .formatted(variant));
  }
}
