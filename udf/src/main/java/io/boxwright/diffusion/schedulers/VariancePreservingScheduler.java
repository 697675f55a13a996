package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;

/**
 * The base of PNDM, DDIM and DPM-Solver: noise takes the place of signal, so latents have variance
 * 1 throughout and the model takes them as they are.
 */
abstract class VariancePreservingScheduler extends AbstractScheduler {

  VariancePreservingScheduler(CommonSettings common) {
    super(common);
  }

  @Override
  public final double initNoiseSigma() {
    return 1;
  }

  @Override
  public final NDArray scaleModelInput(NDArray sample, int i) {
    return sample;
  }
}
