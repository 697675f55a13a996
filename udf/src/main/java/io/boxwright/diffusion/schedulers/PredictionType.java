package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchKernels;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The quantity that a model predicts, with the formulas for the noise and the original latents. All
 * arrays are of one shape, (B, C, h, w).
 */
enum PredictionType {
  /** The noise. */
  EPSILON {
    @Override
    NDArray noise(NDArray modelOutput, NDArray sample, NoiseLevel level) {
      return modelOutput;
    }

    @Override
    NDArray original(NDArray modelOutput, NDArray sample, NoiseLevel level) {
      return TorchKernels.weightedSum(
          1 / level.signal(), sample, -level.noise() / level.signal(), modelOutput);
    }
  },

  /** The velocity of section 2.4 of "Imagen Video" (Ho et al., 2022). */
  V_PREDICTION {
    @Override
    NDArray noise(NDArray modelOutput, NDArray sample, NoiseLevel level) {
      double variance = level.variance();
      return TorchKernels.weightedSum(
          level.signal() / Math.sqrt(variance), modelOutput, level.noise() / variance, sample);
    }

    @Override
    NDArray original(NDArray modelOutput, NDArray sample, NoiseLevel level) {
      double variance = level.variance();
      return TorchKernels.weightedSum(
          level.signal() / variance, sample, -level.noise() / Math.sqrt(variance), modelOutput);
    }
  },

  /** The original latents. */
  SAMPLE {
    @Override
    NDArray noise(NDArray modelOutput, NDArray sample, NoiseLevel level) {
      return TorchKernels.weightedSum(
          -level.signal() / level.noise(), modelOutput, 1 / level.noise(), sample);
    }

    @Override
    NDArray original(NDArray modelOutput, NDArray sample, NoiseLevel level) {
      return modelOutput;
    }
  };

  /** Reads the type that {@code prediction_type} names, which must be one of {@code supported}. */
  static PredictionType read(SchedulerConfig config, PredictionType... supported) {
    List<String> names = Arrays.stream(supported).map(PredictionType::key).toList();
    return valueOf(config.oneOf("prediction_type", "epsilon", names).toUpperCase(Locale.ROOT));
  }

  /**
   * Returns the noise in {@code sample}. It belongs to the manager of {@code modelOutput} and may
   * be that array itself.
   */
  abstract NDArray noise(NDArray modelOutput, NDArray sample, NoiseLevel level);

  /** Returns {@code sample} without its noise; may be {@code modelOutput} itself. */
  abstract NDArray original(NDArray modelOutput, NDArray sample, NoiseLevel level);

  private String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
