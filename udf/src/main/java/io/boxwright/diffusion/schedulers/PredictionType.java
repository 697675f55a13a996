package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchKernels;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a model predicts, and how the noise or the original latents follow from it. All arrays are
 * of one shape, (B, C, h, w).
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

  /** The type that {@code prediction_type} names, if {@code supported} holds it. */
  static PredictionType read(SchedulerConfig config, PredictionType... supported) {
    List<String> names = Arrays.stream(supported).map(PredictionType::key).toList();
    return valueOf(config.oneOf("prediction_type", "epsilon", names).toUpperCase(Locale.ROOT));
  }

  /**
   * The noise in {@code sample}; belongs to the manager of {@code modelOutput} and may be that
   * array itself.
   */
  abstract NDArray noise(NDArray modelOutput, NDArray sample, NoiseLevel level);

  /** What {@code sample} would be without noise; may be {@code modelOutput} itself. */
  abstract NDArray original(NDArray modelOutput, NDArray sample, NoiseLevel level);

  private String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
