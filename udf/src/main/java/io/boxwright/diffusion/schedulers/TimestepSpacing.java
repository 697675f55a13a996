package io.boxwright.diffusion.schedulers;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The choice of trained timesteps that a run visits: table 2 of "Common Diffusion Noise Schedules
 * and Sample Steps are Flawed" (Lin et al., 2023).
 */
enum TimestepSpacing {
  /** Even steps from the last timestep to 0; the caller rounds fractions. */
  LINSPACE {
    @Override
    double[] timesteps(int trained, int count, int offset) {
      return descending(
          count, k -> k == count - 1 && k > 0 ? trained - 1 : k * step(trained, count));
    }

    private double step(int trained, int count) {
      return count == 1 ? 0 : (trained - 1) / (double) (count - 1);
    }
  },

  /** Multiples of a whole step, moved up by the offset. */
  LEADING {
    @Override
    double[] timesteps(int trained, int count, int offset) {
      int step = trained / count;
      return descending(count, k -> k * step + offset);
    }
  },

  /** Even steps down from the very last timestep. */
  TRAILING {
    @Override
    double[] timesteps(int trained, int count, int offset) {
      return trailing(trained, trained / (double) count);
    }
  };

  private static final List<String> NAMES =
      Arrays.stream(values()).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();

  /** Reads the spacing that {@code timestep_spacing} names, or the default where it is not set. */
  static TimestepSpacing read(SchedulerConfig config, String otherwise) {
    return valueOf(config.oneOf("timestep_spacing", otherwise, NAMES).toUpperCase(Locale.ROOT));
  }

  /**
   * Returns the timesteps of a run, from the highest down.
   *
   * @param trained the number of timesteps to choose from
   * @param count the number of timesteps to choose
   * @param offset {@code steps_offset}, used only by {@link #LEADING}
   */
  abstract double[] timesteps(int trained, int count, int offset);

  /**
   * Returns {@code trained - 1} and further timesteps down by {@code step}. For some counts, such
   * as 61, {@code np.arange}, which diffusers uses, gives an extra timestep, -1, which is left out
   * here.
   */
  static double[] trailing(int trained, double step) {
    // np.arange steps by the rounded difference of its first two elements.
    double delta = trained - (trained - step);
    return IntStream.iterate(0, k -> trained - k * delta > 0, k -> k + 1)
        .mapToDouble(k -> Math.rint(trained - k * delta) - 1)
        .filter(timestep -> timestep >= 0)
        .toArray();
  }

  private interface Ascending {
    double at(int k);
  }

  private static double[] descending(int count, Ascending ascending) {
    return IntStream.range(0, count).mapToDouble(k -> ascending.at(count - 1 - k)).toArray();
  }
}
