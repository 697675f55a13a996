package io.boxwright.diffusion.schedulers;

import java.util.Arrays;

/**
 * The noise levels of a run.
 *
 * @param timesteps the timesteps that the model is called with, one for each call
 * @param sigmas the deviation of the noise before each call, and after the last
 */
record SigmaSteps(double[] timesteps, double[] sigmas) {

  /** Returns the steps through {@code sigmas} and then to {@code finalSigma}. */
  static SigmaSteps of(double[] timesteps, double[] sigmas, double finalSigma) {
    double[] all = Arrays.copyOf(sigmas, sigmas.length + 1);
    all[sigmas.length] = finalSigma;
    return new SigmaSteps(timesteps, all);
  }

  /**
   * Returns the steps through {@code spaced} timesteps, or through other sigmas between the same
   * ends, and then to no noise.
   */
  static SigmaSteps spaced(double[] spaced, NoiseSchedule noise, SigmaSpacing spacing) {
    double[] sigmas = noise.interpolateSigmas(spaced);
    if (spacing.followsTimesteps()) {
      return of(spaced, sigmas, 0);
    }
    double[] others = spacing.orBetween(sigmas[0], sigmas[sigmas.length - 1], sigmas.length);
    return of(noise.timestepsOf(others), others, 0);
  }

  /**
   * Returns the same steps with a second call in each but the last.
   *
   * @param betweenTimesteps the timesteps of the second calls
   * @param betweenSigmas the sigmas of the second calls
   */
  SigmaSteps interleave(double[] betweenTimesteps, double[] betweenSigmas) {
    double[] allTimesteps = new double[2 * timesteps.length - 1];
    double[] allSigmas = new double[2 * timesteps.length];
    for (int k = 0; k < timesteps.length; k++) {
      allTimesteps[2 * k] = timesteps[k];
      allSigmas[2 * k] = sigmas[k];
      if (k < timesteps.length - 1) {
        allTimesteps[2 * k + 1] = betweenTimesteps[k];
        allSigmas[2 * k + 1] = betweenSigmas[k];
      }
    }
    allSigmas[allSigmas.length - 1] = sigmas[timesteps.length];
    return new SigmaSteps(allTimesteps, allSigmas);
  }

  /** Returns the same steps with a second call at the geometric mean of the sigmas of each. */
  SigmaSteps interleaveMeans(NoiseSchedule noise) {
    double[] means = new double[timesteps.length - 1];
    for (int k = 0; k < means.length; k++) {
      means[k] = Math.sqrt(sigmas[k] * sigmas[k + 1]);
    }
    return interleave(noise.timestepsOf(means), means);
  }

  /** Returns the same steps with whole timesteps. */
  SigmaSteps roundTimesteps() {
    return new SigmaSteps(Arrays.stream(timesteps).map(Math::rint).toArray(), sigmas);
  }

  /** Returns all timesteps but the first. */
  double[] laterTimesteps() {
    return Arrays.copyOfRange(timesteps, 1, timesteps.length);
  }

  /** Returns the sigmas of the {@link #laterTimesteps}. */
  double[] laterSigmas() {
    return Arrays.copyOfRange(sigmas, 1, timesteps.length);
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
