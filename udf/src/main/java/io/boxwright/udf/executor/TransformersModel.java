package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.HashedFolder;
import io.boxwright.diffusion.loading.ModelFingerprint;
import io.boxwright.diffusion.loading.ModelHashes;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.TransformersFiles;
import java.io.Serializable;
import java.nio.file.Path;

/**
 * A folder of transformers as the driver found it: a value that can be sent to executors.
 *
 * @param folder the folder, the same on every host
 * @param fingerprint the content of its files
 * @param cache the folder on each host where hashes of files are remembered
 */
public record TransformersModel(String folder, ModelFingerprint fingerprint, String cache)
    implements Serializable {

  /**
   * Reads a folder on this host.
   *
   * @throws ModelLoadingException naming the file that is missing or cannot be read
   */
  public static TransformersModel of(Path folder, Path cache) {
    return new TransformersModel(
        folder.toString(), hash(folder, cache).fingerprint(), cache.toString());
  }

  /**
   * Reads the whole folder on this host and checks that it is the driver's.
   *
   * @throws ModelLoadingException naming this host and the first file that differs from the
   *     driver's
   */
  HashedFolder verify() {
    return SameModelCheck.require(folder, hash(Path.of(folder), Path.of(cache)), fingerprint);
  }

  private static HashedFolder hash(Path folder, Path cache) {
    return new ModelHashes(cache).hash(folder, TransformersFiles.of(folder));
  }
}
