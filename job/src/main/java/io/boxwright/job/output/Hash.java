package io.boxwright.job.output;

import io.boxwright.files.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** SHA-256 of what is added, piece by piece. */
final class Hash {

  private final MessageDigest digest = Sha256.digest();

  /** Adds a text; texts after one another do not run into each other. */
  Hash add(String text) {
    add(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    return this;
  }

  Hash add(byte[] bytes) {
    digest.update(bytes);
    return this;
  }

  /** The hash as 64 hexadecimal digits. */
  String hex() {
    return Sha256.hex(digest);
  }
}
