package io.boxwright.diffusion.loading;

import io.boxwright.files.ContentHash;

/**
 * A file that was read completely.
 *
 * @param state the state while the file was read
 * @param hash the hash of its content, see {@link ContentHash}
 */
record HashedFile(FileState state, String hash) {

  /** Refuses values that a damaged memory may hold. */
  HashedFile {
    if (state == null || !ContentHash.isHash(hash)) {
      throw new IllegalArgumentException("Not the hash of a file: " + hash);
    }
  }
}
