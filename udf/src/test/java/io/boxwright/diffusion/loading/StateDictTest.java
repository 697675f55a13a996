package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateDictTest {

  private static final String NAME = "diffusion_pytorch_model";

  @TempDir private Path folder;
  private NDManager manager;

  @BeforeEach
  void openManager() {
    manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
  }

  @AfterEach
  void closeManager() {
    manager.close();
  }

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
  void readsBeyondTwoGigabytes() throws IOException {
    long far = 3_000_000_000L;
    String header =
        """
        {"filler":{"dtype":"U8","shape":[%1$d],"data_offsets":[0,%1$d]},\
        "far":{"dtype":"F32","shape":[1],"data_offsets":[%1$d,%2$d]}}"""
            .formatted(far, far + Float.BYTES);
    Path path = new SafeTensorsBuilder().write(folder.resolve(NAME + ".safetensors"), header);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(file.length() + far); // a hole: takes no room on the disk
      file.writeInt(Integer.reverseBytes(Float.floatToIntBits(7)));
    }

    assertThat(open(null, DataType.FLOAT32).tensor("far", 1).getFloat(0)).isEqualTo(7);
  }

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

  @Test
  void refusesAFileThatIsNoSafetensors() throws IOException {
    Path file = folder.resolve(NAME + ".safetensors");
    for (byte[] content :
        new byte[][] {
          {},
          {1, 2, 3},
          {20, 0, 0, 0, 0, 0, 0, 0, '{', '}'},
          "version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.US_ASCII)
        }) {
      Files.write(file, content);
      assertThatThrownBy(() -> open(null, DataType.FLOAT32))
          .isInstanceOf(ModelLoadingException.class)
          .hasMessageContaining(
              "Cannot read " + file + " as safetensors: it does not begin like one")
          .hasMessageContaining("unfinished download");
    }
  }

  @Test
  void refusesAHeaderThatIsNoJson() throws IOException {
    Path file = new SafeTensorsBuilder().write(folder.resolve(NAME + ".safetensors"), "{\"a\": ");

    assertThatThrownBy(() -> open(null, DataType.FLOAT32))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("Cannot read " + file + " as safetensors: its header is not JSON");
  }

  @Test
  void refusesATruncatedFile() throws IOException {
    Path file = write("a", 1, NAME + ".safetensors");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));

    assertThatThrownBy(() -> open(null, DataType.FLOAT32))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage(
            "Cannot read %s as safetensors: tensor a ends at byte 4 of the numbers, which have 3"
                + " bytes (an unfinished download?)",
            file);
  }

  /** Each is refused by the format's reference reader, or forbidden by its description. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]} | tensor a does not have the size of",
        "'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]} | tensor a does not have the size of",
        "'a':{'dtype':'F32','shape':[1],'data_offsets':[0]} | tensor a does not have the size of",
        "'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4,4]} | tensor a does not have the size",
        "'a':{'dtype':'F32','shape':[1]} | tensor a has no data_offsets",
        "'a':{'dtype':'F32','shape':1,'data_offsets':[0,4]} | tensor a has no shape",
        "'a':{'shape':[1],'data_offsets':[0,4]} | tensor a has no dtype",
        "'a':{'dtype':5,'shape':[1],'data_offsets':[0,4]} | tensor a has no dtype",
        "'a':null | tensor a has no data_offsets",
        "'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]} | shape[0] of tensor a is -1, it",
        "'a':{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]} | shape[0] of tensor a is 1.0, it",
        "'a':{'dtype':'F32','shape':['1'],'data_offsets':[0,4]} | shape[0] of tensor a is '1', it",
        "'a':{'dtype':'F32','shape':[1],'data_offsets':[0,99999999999999999999]} | data_offsets[1]",
        "'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,0]} | the shape of",
        "'a':{'dtype':'F32','shape':[2305843009213693953],'data_offsets':[0,4]} | the shape of",
        "'a':{'dtype':'F32','shape':[4294967296,4294967296,0],'data_offsets':[0,0]} | the shape of",
        "'a':{'dtype':'F16','shape':[1],'data_offsets':[0,2]} | 2 bytes follow its last tensor",
        "'a':{'dtype':'F16','shape':[1],'data_offsets':[2,4]} | tensor a begins at byte 2 of the",
        "'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F16','shape':[1],"
            + "'data_offsets':[2,4]} | tensor b begins at byte 2 of the numbers, but the one",
        "'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],"
            + "'data_offsets':[0,4]} | its header is not JSON: Duplicate field 'a'",
        "'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],"
            + "'data_offsets':[4,8]} | tensor b ends at byte 8 of the numbers, which have 4",
        "'__metadata__':{'a':1} | __metadata__ a is not text",
        "'__metadata__':[] | __metadata__ is not an object",
        "'__metadata__':{} | 4 bytes follow its last tensor",
      })
  void refusesAHeaderThatContradictsItself(String header, String problem) throws IOException {
    assertHeaderRefused(
        "{" + header.replace('\'', '"') + "}", problem.replace("is '1'", "is \"1\""));
  }

  @Test
  void refusesHeadersThatAreNoPlainJsonObject() throws IOException {
    assertHeaderRefused(" {}", "its header is not JSON: it does not begin with {");
    assertHeaderRefused("[]", "its header is not JSON: it does not begin with {");
    assertHeaderRefused("{} {}", "its header is not JSON: ");
    assertHeaderRefused("{\"a\":" + "[".repeat(100_000), "its header is not JSON: ");
    Path file = new SafeTensorsBuilder().write(folder.resolve(NAME + ".safetensors"), "{\"ab\":");
    byte[] bytes = Files.readAllBytes(file);
    bytes[Long.BYTES + 2] = (byte) 0xC3; // begins a character that does not go on
    Files.write(file, bytes);
    assertRefused("its header is not JSON: it is not UTF-8 text");
  }

  @Test
  void readsWhatTheReferenceReaderReads() throws IOException {
    new SafeTensorsBuilder()
        .floats("a", new long[] {1}, 1)
        .write(
            folder.resolve(NAME + ".safetensors"),
            "{\"empty\":{\"dtype\":\"F32\",\"shape\":[0,7],\"data_offsets\":[4,4]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"more\":1},"
                + "\"__metadata__\":null}    ");

    StateDict weights = open(null, DataType.FLOAT32);

    assertThat(weights.tensor("a").getFloat()).isEqualTo(1);
    assertThat(weights.contains("empty")).isTrue();
  }

  @Test
  void refusesHeadersOfAbsurdLength() throws IOException {
    Path file = folder.resolve(NAME + ".safetensors");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.writeLong(Long.reverseBytes(90_000_000));
      sparse.setLength(100_000_000);
    }

    assertRefused("its header has 90000000 bytes, at most 8388608 are read");
  }

  @Test
  void refusesNumberTypesItCannotRead() throws IOException {
    assertHeaderRefused(
        "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[0,1]}}",
        "tensor a has the unsupported type F8_E4M3; save the model as F32, F16 or BF16");
  }

  @Test
  void refusesBfloat16AsTarget() {
    assertThatThrownBy(() -> open(null, DataType.BFLOAT16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Unsupported data type BFLOAT16: use FLOAT32 or FLOAT16");
  }

  @Test
  void randomWeightsHaveEveryNameAndShape() {
    StateDict weights = StateDict.random("unet", folder, manager, DataType.FLOAT32);

    NDArray convolution = weights.at("conv_in").tensor("weight", 64, 16, 3, 3);
    NDArray again = weights.at("conv_out").tensor("weight", 64, 16, 3, 3);
    NDArray norm = weights.at("norm").tensor("weight", 4);
    NDArray bias = weights.at("norm").tensor("bias", 4);
    weights.finish();

    assertThat(convolution.getShape()).isEqualTo(new Shape(64, 16, 3, 3));
    assertThat(convolution.mean().getFloat()).isBetween(-0.002f, 0.002f);
    assertThat(convolution.square().mean().sqrt().getFloat()).isBetween(0.018f, 0.022f);
    assertThat(again.toFloatArray()).isNotEqualTo(convolution.toFloatArray());
    assertThat(norm.toFloatArray()).containsOnly(1);
    assertThat(bias.toFloatArray()).containsOnly(0);
  }

  @Test
  void randomWeightsOutliveTheScopeThatTheyWereDrawnIn() {
    StateDict weights = StateDict.random("unet", folder, manager, DataType.FLOAT16);
    NDArray drawn;
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      drawn = weights.tensor("weight", 2, 2);
    }

    assertThat(drawn.isReleased()).isFalse();
    assertThat(drawn.getDataType()).isEqualTo(DataType.FLOAT16);
  }

  private void assertHeaderRefused(String header, String problem) throws IOException {
    new SafeTensorsBuilder()
        .floats("a", new long[] {1}, 1)
        .write(folder.resolve(NAME + ".safetensors"), header);
    assertRefused(problem);
  }

  private void writeIndex(String weightMap) throws IOException {
    Files.writeString(
        folder.resolve(NAME + ".safetensors.index.json"),
        "{\"weight_map\": %s}".formatted(weightMap));
  }

  private void assertRefused(String problem) {
    assertThatThrownBy(() -> open(null, DataType.FLOAT32))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(problem);
  }

  private void writeShards(String variant, String index) throws IOException {
    write("a", 1, "shard-1" + variant + ".safetensors");
    write("b", 2, "shard-2" + variant + ".safetensors");
    Files.writeString(
        folder.resolve(index),
        "{\"metadata\":{},\"weight_map\":{\"a\":\"shard-1%1$s.safetensors\",\"b\":\"shard-2%1$s.safetensors\"}}"
            .formatted(variant));
  }

  private Path write(String name, float value, String fileName) throws IOException {
    return new SafeTensorsBuilder()
        .floats(name, new long[] {1}, value)
        .write(folder.resolve(fileName));
  }

  private StateDict open(String variant, DataType dataType) {
    return StateDict.open("unet", folder, NAME, variant, manager, dataType);
  }
}
