package io.boxwright.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;

class Sha256Test {

  /** As {@code printf 'b\303\266x' | sha256sum} has it. */
  private static final String HASH =
      "62d4f3aa7cbf28353de12f637185027a2f1728f826c1da6293d3de19a03ef04d";

  private static final byte[] BYTES = "böx".getBytes(StandardCharsets.UTF_8);

  @Test
  void aTextItsBytesAndAStreamOfThemHaveOneHash() throws Exception {
    assertThat(Sha256.hex("böx")).isEqualTo(HASH);
    assertThat(Sha256.hex(BYTES)).isEqualTo(HASH);
    assertThat(Sha256.hex(new ByteArrayInputStream(BYTES))).isEqualTo(HASH);
  }

  @Test
  void aDigestBeginsAnewAfterItsHash() {
    MessageDigest digest = Sha256.digest();
    digest.update(BYTES);
    String first = Sha256.hex(digest);
    digest.update(BYTES);

    assertThat(first).isEqualTo(HASH);
    assertThat(Sha256.hex(digest)).isEqualTo(HASH);
  }
}
