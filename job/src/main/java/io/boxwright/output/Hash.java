package io.boxwright.output;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of what is added, piece by piece. */
final class Hash {

  private final MessageDigest digest;

  Hash() {
    digest = sha256();
  }

  /** A digest that has got nothing yet. */
  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JVM has it
    }
  }

  /** Bytes as hexadecimal digits. */
  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

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
    return hex(digest.digest());
  }
}
