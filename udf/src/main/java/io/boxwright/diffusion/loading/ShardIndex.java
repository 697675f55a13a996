package io.boxwright.diffusion.loading;

import io.boxwright.text.Printable;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An index of sharded weights, {@code *.safetensors.index.json}.
 *
 * @param weightMap tensor name to file name, without folder
 */
record ShardIndex(Map<String, String> weightMap) {

  /** No separators, and nothing that some file system does not take. */
  private static final Pattern FILE_NAME = Pattern.compile("[\\w.-]+\\.safetensors");

  ShardIndex {
    if (weightMap == null) {
      throw new IllegalArgumentException("weight_map is missing");
    }
    weightMap.forEach(ShardIndex::requireInFolder);
  }

  /** Files elsewhere are no part of the model: not found on other hosts, nor in its fingerprint. */
  private static void requireInFolder(String tensor, String file) {
    if (!FILE_NAME.matcher(file).matches()) {
      throw new IllegalArgumentException(
          "weight_map.%s is %s, it must be the name of a .safetensors file in the same"
                  .formatted(Printable.value(tensor), Printable.value(file))
              + " folder");
    }
  }
}
