package io.boxwright.job.benchmark;

import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.udf.generate.BatchSize;

/**
 * The settings of the measured batches, which are all alike.
 *
 * @param options the options of the images
 * @param batchSize the number of images made together
 * @param maxGuidanceSteps the number of guided denoising steps, counted from the first, at least 0
 * @param maxIterationsPerStep the number of guided passes in each of those steps, at least 1
 * @param warmups the number of batches made before the timed ones, at least 0
 * @param repetitions the number of timed batches, at least 1
 */
public record BenchmarkSettings(
    GenerationOptions options,
    BatchSize batchSize,
    int maxGuidanceSteps,
    int maxIterationsPerStep,
    int warmups,
    int repetitions) {

  /** Checks the ranges. */
  public BenchmarkSettings {
    requireAtLeast(0, "max-guidance-steps", maxGuidanceSteps);
    requireAtLeast(1, "max-iterations-per-step", maxIterationsPerStep);
    requireAtLeast(0, "warmups", warmups);
    requireAtLeast(1, "repetitions", repetitions);
  }

  /** Returns guidance that no loss ends early, so that the work does not depend on the images. */
  Guidance guidance() {
    return BackwardGuidance.paper()
        .with("loss_threshold", 0)
        .with("max_guidance_steps", maxGuidanceSteps)
        .with("max_iterations_per_step", maxIterationsPerStep);
  }

  /**
   * Returns the number of guided passes of every image.
   *
   * @param predictions the UNet's predictions for an image; some schedulers need one more than the
   *     number of steps
   */
  int guidedPasses(int predictions) {
    return Math.min(maxGuidanceSteps, predictions) * maxIterationsPerStep;
  }

  private static void requireAtLeast(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException(
          "Invalid option: %s is %d, it must be at least %d".formatted(name, value, least));
    }
  }
}
