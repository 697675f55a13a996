package io.boxwright.job.benchmark;

import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.udf.generate.BatchSize;

/**
 * What is measured: batches that are all alike.
 *
 * @param options of the images
 * @param batchSize images made together
 * @param maxGuidanceSteps how many of the first denoising steps are guided, at least 0
 * @param maxIterationsPerStep guided passes in each of those steps, at least 1
 * @param warmups batches made before any is timed, at least 0
 * @param repetitions timed batches, at least 1
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

  /** Guidance that no loss ends early, so that the work does not depend on the images. */
  Guidance guidance() {
    return BackwardGuidance.paper()
        .with("loss_threshold", 0)
        .with("max_guidance_steps", maxGuidanceSteps)
        .with("max_iterations_per_step", maxIterationsPerStep);
  }

  /**
   * Guided passes of every image.
   *
   * @param predictions of the UNet for an image: some schedulers need one more than there are steps
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
