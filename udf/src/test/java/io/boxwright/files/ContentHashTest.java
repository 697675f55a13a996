package io.boxwright.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentHashTest {

  private static final int BLOCK = 64 << 10;

  @TempDir private Path folder;

  private static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  /** As its description says, without blocks in parallel. */
  private static String expected(byte[] bytes) throws Exception {
    MessageDigest whole = MessageDigest.getInstance("SHA-256");
    for (int start = 0; start < bytes.length; start += BLOCK) {
      MessageDigest block = MessageDigest.getInstance("SHA-256");
      block.update(bytes, start, Math.min(BLOCK, bytes.length - start));
      whole.update(block.digest());
    }
    return HexFormat.of().formatHex(whole.digest());
  }

  private String ofFile(byte[] bytes) throws Exception {
    Path file = Files.write(folder.resolve("content"), bytes);
    return ContentHash.ofFiles(List.of(file), BLOCK).get(file);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK, 7 * BLOCK + 4321})
  void aFileAndAStreamHaveTheSame(int length) throws Exception {
    byte[] bytes = noise(length);
    ContentHash stream = new ContentHash(BLOCK);
    stream.add(bytes, length / 3);
    byte[] rest = new byte[length - length / 3];
    System.arraycopy(bytes, length / 3, rest, 0, rest.length);
    stream.add(rest, rest.length);

    assertThat(stream.hex()).isEqualTo(expected(bytes));
    assertThat(ofFile(bytes)).isEqualTo(expected(bytes));
  }

  @Test
  void everyByteCounts() throws Exception {
    byte[] bytes = noise(3 * BLOCK + 100);
    String before = ofFile(bytes);
    for (int place : new int[] {0, BLOCK - 1, BLOCK, 2 * BLOCK + 777, bytes.length - 1}) {
      bytes[place] ^= 1;
      assertThat(ofFile(bytes)).as("with another byte %d", place).isNotEqualTo(before);
      bytes[place] ^= 1;
    }
    assertThat(ofFile(bytes)).isEqualTo(before);
  }

  @Test
  void blocksHaveAnOrder() throws Exception {
    byte[] bytes = noise(2 * BLOCK);
    byte[] swapped = new byte[2 * BLOCK];
    System.arraycopy(bytes, 0, swapped, BLOCK, BLOCK);
    System.arraycopy(bytes, BLOCK, swapped, 0, BLOCK);

    assertThat(ofFile(swapped)).isNotEqualTo(ofFile(bytes));
  }
}
