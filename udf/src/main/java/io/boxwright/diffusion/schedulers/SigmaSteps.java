package io.boxwright.diffusion.schedulers;

import java.util.Arrays;

/**
 * The noise levels of a run.
 *
 * @param timesteps the timesteps that the model is called with, one for each step
 * @param sigmas the deviation of the noise before each step, and after the last
 */
record SigmaSteps(double[] timesteps, double[] sigmas) {

  /** Returns the steps through {@code sigmas} and then to {@code finalSigma}. */
  static SigmaSteps of(double[] timesteps, double[] sigmas, double finalSigma) {
    double[] all = Arrays.copyOf(sigmas, sigmas.length + 1);
    all[sigmas.length] = finalSigma;
    return new SigmaSteps(timesteps, all);
  }

  /** Rounds numbers to float32. */
  static double[] toFloat32(double[] values) {
    return Arrays.stream(values).map(value -> (float) value).toArray();
  }

  /**
   * Returns this if the noise falls from each step to the next. Schedulers that divide by the
   * differences need that.
   *
   * @throws IllegalArgumentException if two steps have the same noise
   */
  SigmaSteps requireFalling() {
    for (int i = 1; i < timesteps.length; i++) {
      if (!((float) sigmas[i] < (float) sigmas[i - 1])) {
        throw new IllegalArgumentException(
            "two steps of num_inference_steps %d have the same noise: choose fewer"
                .formatted(timesteps.length));
      }
    }
    return this;
  }
}
