package io.boxwright.diffusion.loading;

import java.util.Arrays;
import java.util.Optional;

/**
 * A change of one weight: {@code weight * alpha / rank * up @ down}.
 *
 * @param down the matrix (R, I), or a convolution (R, I, K, K)
 * @param up the matrix (O, R), or a convolution (O, R, 1, 1)
 * @param alpha the number that the change is multiplied with; empty if {@code plainAlpha} tells it
 * @param plainAlpha the alpha without a tensor
 * @param weight the factor that a person chose
 */
record LoraLayer(
    SafeTensor down, SafeTensor up, Optional<SafeTensor> alpha, double plainAlpha, double weight) {

  /** Returns the rank R. */
  long rank() {
    return down.shape()[0];
  }

  /**
   * Returns whether the change has the shape of a weight.
   *
   * @param shape (O, I) or (O, I, K, K)
   */
  boolean fits(long[] shape) {
    long in = count(shape) / shape[0];
    return up.shape().length >= 2
        && down.shape().length >= 2
        && up.shape()[0] == shape[0]
        && up.shape()[1] == rank()
        && count(up.shape()) == shape[0] * rank()
        && count(down.shape()) == rank() * in;
  }

  private static long count(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }
}
