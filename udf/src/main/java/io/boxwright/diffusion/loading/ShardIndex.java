package io.boxwright.diffusion.loading;

import io.boxwright.text.Printable;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An index of sharded weights, {@code *.safetensors.index.json}.
 *
 * @param weightMap the file of each tensor by its name; file names are without folder
 */
record ShardIndex(Map<String, String> weightMap) {

  /** A file name without separators and without characters that some file system does not take. */
  private static final Pattern FILE_NAME = Pattern.compile("[\\w.-]+\\.safetensors");

  ShardIndex {
    if (weightMap == null) {
      throw new IllegalArgumentException("weight_map is missing");
    }
    weightMap.forEach(ShardIndex::requireInFolder);
  }

  /**
   * Refuses files outside the folder. They would be missing on other hosts and in the fingerprint
   * of the model.
   */
  private static void requireInFolder(String tensor, String file) {
    if (!FILE_NAME.matcher(file).matches()) {
      throw new IllegalArgumentException(
          "weight_map.%s is %s, it must be the name of a .safetensors file in the same"
                  .formatted(Printable.value(tensor), Printable.value(file))
              + " folder");
    }
  }
}
