package io.boxwright.schedulers;

import java.util.Arrays;

/**
 * The noise levels of a run.
 *
 * @param timesteps what the model is told, one a step
 * @param sigmas the deviation of the noise before each step, and after the last
 */
record SigmaSteps(double[] timesteps, double[] sigmas) {

  /** Steps through {@code sigmas} and then to {@code finalSigma}. */
  static SigmaSteps of(double[] timesteps, double[] sigmas, double finalSigma) {
    double[] all = Arrays.copyOf(sigmas, sigmas.length + 1);
    all[sigmas.length] = finalSigma;
    return new SigmaSteps(timesteps, all);
  }
}
