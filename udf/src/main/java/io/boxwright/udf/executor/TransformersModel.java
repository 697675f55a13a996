package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.HashedFolder;
import io.boxwright.diffusion.loading.ModelFingerprint;
import io.boxwright.diffusion.loading.ModelHashes;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.TransformersFiles;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Optional;

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
   * Checks that the folder on this host is the driver's.
   *
   * @throws ModelLoadingException naming the first file that differs
   */
  void verify() {
    Optional<String> difference =
        hash(Path.of(folder), Path.of(cache)).fingerprint().difference(fingerprint);
    if (difference.isPresent()) {
      throw new ModelLoadingException(
          "Cannot load %s, which is not as the driver found it: %s"
              .formatted(folder, difference.get()));
    }
  }

  private static HashedFolder hash(Path folder, Path cache) {
    return new ModelHashes(cache).hash(folder, TransformersFiles.of(folder));
  }
}
