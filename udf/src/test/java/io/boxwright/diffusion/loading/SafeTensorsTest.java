package io.boxwright.diffusion.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of the safetensors format, whole and damaged ones. */
class SafeTensorsTest extends ComponentWeights {

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

  private void assertHeaderRefused(String header, String problem) throws IOException {
    new SafeTensorsBuilder()
        .floats("a", new long[] {1}, 1)
        .write(folder.resolve(NAME + ".safetensors"), header);
    assertRefused(problem);
  }
}
