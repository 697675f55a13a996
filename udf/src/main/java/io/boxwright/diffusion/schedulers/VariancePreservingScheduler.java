package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;

/**
 * The base of schedulers without sigmas of their own, such as DDIM, and of DPM-Solver: noise takes
 * the place of signal, so latents have variance 1 throughout and the model takes them as they are.
 */
abstract class VariancePreservingScheduler extends AbstractScheduler {

  VariancePreservingScheduler(CommonSettings common) {
    super(common);
  }

  @Override
  public final double initNoiseSigma() {
    return 1;
  }

  /** Returns {@code 1 - alpha_bar_t} of the timestep before step {@code i}. */
  @Override
  public double guidanceVariance(int i) {
    return 1 - noiseSchedule.alphaCumprod(timestep(i));
  }

  @Override
  public final NDArray scaleModelInput(NDArray sample, int i) {
    return sample;
  }
}
