package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;

/**
 * The base of DPM-Solver, UniPC and DEIS: latents have variance 1, and the run is computed in
 * sigmas, the deviation of the noise relative to the signal.
 */
abstract class ScaledSigmaScheduler extends VariancePreservingScheduler {

  private final ScaledSigmaSettings settings;
  private double[] sigmas;

  ScaledSigmaScheduler(ScaledSigmaSettings settings) {
    super(settings.common());
    this.settings = settings;
  }

  @Override
  final double[] startRun(InferenceSteps steps) {
    SigmaSteps run = settings.steps(steps);
    sigmas = run.sigmas();
    return run.timesteps();
  }

  @Override
  public final double guidanceVariance(int i) {
    double noise = level(i).noise();
    return noise * noise;
  }

  /** Returns the sigma before step {@code i}, which is the one after step {@code i - 1}. */
  final double sigma(int i) {
    return sigmas[i];
  }

  /** Returns the mixture of original and noise before step {@code i}. */
  final NoiseLevel level(int i) {
    return NoiseLevel.ofScaledSigma(sigmas[i]);
  }

  /** Returns the predicted original before step {@code i}, within its limit. */
  final NDArray limitedOriginal(NDArray modelOutput, int i, NDArray sample) {
    return settings.thresholding().apply(predictionType.original(modelOutput, sample, level(i)));
  }

  /** Returns the predicted noise before step {@code i}, that of the limited original. */
  final NDArray limitedNoise(NDArray modelOutput, int i, NDArray sample) {
    if (settings.thresholding().kind() == OriginalLimit.Kind.NONE) {
      return predictionType.noise(modelOutput, sample, level(i));
    }
    NDArray original = limitedOriginal(modelOutput, i, sample);
    return PredictionType.SAMPLE.noise(original, sample, level(i));
  }

  /**
   * Returns the length of step {@code i} in {@code lambda = log(alpha_t / sigma_t)}, the papers' h.
   */
  final double logStep(int i) {
    return logStep(i, i + 1);
  }

  /** Returns the length in lambda from before step {@code from} to before step {@code to}. */
  final double logStep(int from, int to) {
    return Math.log(sigmas[from]) - Math.log(sigmas[to]);
  }
}
