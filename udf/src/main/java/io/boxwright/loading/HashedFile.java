package io.boxwright.loading;

import java.util.regex.Pattern;

/**
 * A file that was read whole.
 *
 * @param state while it was read
 * @param hash see {@link ContentHash}
 */
record HashedFile(FileState state, String hash) {

  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  /** Refuses what a damaged memory may hold. */
  HashedFile {
    if (state == null || hash == null || !HASH.matcher(hash).matches()) {
      throw new IllegalArgumentException("Not the hash of a file: " + hash);
    }
  }
}
