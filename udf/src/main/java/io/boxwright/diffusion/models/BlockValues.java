package io.boxwright.diffusion.models;

import io.boxwright.diffusion.loading.ConfigValues;
import java.util.List;

/** Checks of the values that the configurations of UNet and VAE have in common. */
final class BlockValues {

  /** The most channels of a level; Stable Diffusion has up to 1280. */
  static final int MOST_CHANNELS = 1 << 16;

  /** The most layers of a level and transformer blocks of a layer; Stable Diffusion has 2 and 1. */
  static final int MOST_LAYERS = 100;

  /** The most levels; each one halves the picture. Stable Diffusion has 4. */
  private static final int MOST_LEVELS = 10;

  private BlockValues() {}

  /**
   * Checks {@code block_out_channels} and {@code norm_num_groups}.
   *
   * @throws IllegalArgumentException naming the key and place of the value that is wrong
   */
  static void requireChannels(List<Integer> blockOutChannels, int normNumGroups) {
    ConfigValues.requireSize("block_out_channels", blockOutChannels, 1, MOST_LEVELS);
    ConfigValues.requireEachWithin("block_out_channels", blockOutChannels, 1, MOST_CHANNELS);
    ConfigValues.requireWithin("norm_num_groups", normNumGroups, 1, MOST_CHANNELS);
    requireMultiples(blockOutChannels, "norm_num_groups", normNumGroups);
  }

  private static void requireMultiples(List<Integer> channels, String divisorKey, int divisor) {
    for (int level = 0; level < channels.size(); level++) {
      requireMultiple(channels, level, divisorKey, divisor);
    }
  }

  /** Checks that the channels of a level can be split evenly. */
  static void requireMultiple(List<Integer> channels, int level, String divisorKey, int divisor) {
    ConfigValues.requireMultiple(
        "block_out_channels[%d]".formatted(level), channels.get(level), divisorKey, divisor);
  }
}
