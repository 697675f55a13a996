package io.boxwright.loading;

import java.util.Map;

/**
 * An index of sharded weights, {@code *.safetensors.index.json}.
 *
 * @param weightMap tensor name to file name
 */
record ShardIndex(Map<String, String> weightMap) {

  ShardIndex {
    if (weightMap == null) {
      throw new IllegalArgumentException("weight_map is missing");
    }
  }
}
