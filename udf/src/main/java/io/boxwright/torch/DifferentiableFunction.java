package io.boxwright.torch;

import ai.djl.ndarray.NDArray;

/**
 * A function of one array with a derivative that libtorch does not know, like {@code
 * torch.autograd.Function} in Python. {@link GradientTape#apply} applies one, once.
 */
public interface DifferentiableFunction extends AutoCloseable {

  /**
   * Applies the function and keeps the values that the derivative needs besides x.
   *
   * @return a new array of the type of x
   */
  NDArray forward(NDArray x);

  /**
   * Computes the derivative, after {@link #forward}.
   *
   * @param x the same x as in {@link #forward}
   * @param gradient the gradient with respect to the result, of its shape
   * @param soFar the gradient with respect to x from its other uses, or null
   * @return the gradient with respect to x, soFar included
   */
  NDArray backward(NDArray x, NDArray gradient, NDArray soFar);

  /** Frees the values that were kept. */
  @Override
  void close();
}
