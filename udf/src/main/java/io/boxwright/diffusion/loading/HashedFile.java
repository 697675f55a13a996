package io.boxwright.diffusion.loading;

import io.boxwright.files.ContentHash;

/**
 * A file that was read whole.
 *
 * @param state while it was read
 * @param hash see {@link ContentHash}
 */
record HashedFile(FileState state, String hash) {

  /** Refuses what a damaged memory may hold. */
  HashedFile {
    if (state == null || !ContentHash.isHash(hash)) {
      throw new IllegalArgumentException("Not the hash of a file: " + hash);
    }
  }
}
