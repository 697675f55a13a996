package io.boxwright.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.TinyModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFingerprintTest {

  private static final int BYTES = 2 << 20;
  private static final int HEADER_BYTES = 100_000;

  @TempDir private Path folder;

  /** A file too long to be read whole: noise behind a header. */
  private Path weights(int seed) throws Exception {
    byte[] bytes = new byte[BYTES];
    new Random(seed).nextBytes(bytes);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(HEADER_BYTES);
    return Files.write(folder.resolve("model.safetensors"), bytes);
  }

  @Test
  void aCopyHasTheSame() {
    Path copy = TinyModel.copyWithout("README.md", folder.resolve("copy"));

    assertThat(ModelFingerprint.of(copy)).isEqualTo(ModelFingerprint.of(TinyModel.FOLDER));
  }

  @Test
  void anotherConfigHasAnother() throws Exception {
    Path copy = TinyModel.copyWithout("README.md", folder.resolve("copy"));
    Path config = copy.resolve("scheduler/scheduler_config.json");
    Files.writeString(config, Files.readString(config) + " ");

    assertThat(ModelFingerprint.of(copy)).isNotEqualTo(ModelFingerprint.of(TinyModel.FOLDER));
  }

  @Test
  void weightsThatWereTrainedFurtherHaveAnother() throws Exception {
    weights(1);
    String before = ModelFingerprint.of(folder);
    weights(2);

    assertThat(ModelFingerprint.of(folder)).isNotEqualTo(before);
  }

  @Test
  void everyByteOfTheHeaderCounts() throws Exception {
    Path file = weights(1);
    String before = ModelFingerprint.of(folder);
    byte[] bytes = Files.readAllBytes(file);
    bytes[50_000]++; // in no sample
    Files.write(file, bytes);

    assertThat(ModelFingerprint.of(folder)).isNotEqualTo(before);
  }
}
