package io.boxwright.files;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, which every JVM has. */
public final class Sha256 {

  private Sha256() {}

  /** A digest that has got nothing yet. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JVM has it
    }
  }

  /** The hash of some bytes in 64 hexadecimal digits. */
  public static String hex(byte[] bytes) {
    return hex(digest(), bytes);
  }

  /** The hash of all that a digest has got, in 64 hexadecimal digits; it begins anew then. */
  public static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String hex(MessageDigest digest, byte[] bytes) {
    digest.update(bytes);
    return hex(digest);
  }
}
