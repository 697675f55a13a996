package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;

/**
 * The base of Heun, KDPM2 and KDPM2 ancestral, whose steps call the model twice: where the step
 * starts, call 0, 2, 4 and so on, and once more further on. The last step has only the first call,
 * an Euler step to no noise.
 */
abstract class SecondOrderScheduler extends VarianceExplodingScheduler {

  /** The latents at the start of the step in progress. */
  private final ArrayHistory start = new ArrayHistory(1);

  SecondOrderScheduler(VarianceExplodingSettings settings) {
    super(settings);
  }

  @Override
  public final int order() {
    return 2;
  }

  @Override
  public final NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray derivative = derivative(modelOutput, i, sample);
      return scope.keep(
          startsStep(i)
              ? startStep(derivative, i, sample)
              : finishStep(derivative, i, start.last(0), noise));
    }
  }

  /** Frees the latents of the step in progress. */
  @Override
  public void close() {
    start.close();
  }

  /** Returns whether call {@code i} is the first of its step. */
  final boolean startsStep(int i) {
    return i % order() == 0;
  }

  /** Goes to the point of the second call, along the derivative at the start, (B, C, h, w). */
  NDArray startStep(NDArray derivative, int i, NDArray sample) {
    start.add(sample);
    return TorchKernels.weightedSum(sigma(i + 1) - sigma(i), derivative, 1, sample);
  }

  /**
   * Goes from the start of the step to its end.
   *
   * @param derivative the derivative at the second call, (B, C, h, w)
   * @param i the second call
   * @param start the latents where the step started, (B, C, h, w); the scheduler owns them
   * @param noise the noise of the call, (B, C, h, w), if it takes noise
   */
  abstract NDArray finishStep(NDArray derivative, int i, NDArray start, NDArray noise);
}
