package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.HashedFolder;
import io.boxwright.diffusion.loading.ModelHashes;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.TransformersFiles;
import java.io.Serializable;
import java.nio.file.Path;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The folder of an IP-Adapter's image encoder, which transformers saved, by the name that a person
 * gave it: a value that can be sent to executors.
 *
 * @param name the name, of a folder that {@link SharedFolder} finds
 * @param cache the folder for copies on each host
 * @param hadoop the settings of file systems
 */
public record ImageEncoderSource(String name, String cache, SerializableConfiguration hadoop)
    implements Serializable {

  private static final String READ_FILES = "[^/]+\\.(json|txt|safetensors)";

  /**
   * Finds the folder on this host. A name under which nothing is found is returned as a path, so
   * that reading it says what is missing.
   *
   * @throws ModelLoadingException naming the folder, if it cannot be copied
   */
  Path localize() {
    return new SharedFolder(name, Path.of(cache), hadoop.value())
        .localize(path -> path.matches(READ_FILES))
        .orElse(Path.of(name));
  }

  /**
   * Hashes the files that a pipeline reads.
   *
   * @throws ModelLoadingException naming the file that is missing or cannot be read
   */
  HashedFolder hash() {
    Path folder = localize();
    return new ModelHashes(Path.of(cache)).hash(folder, TransformersFiles.of(folder));
  }
}
