package io.boxwright.torch;

import ai.djl.ndarray.NDArray;

/**
 * A function of one array with a derivative that libtorch does not know: what {@code
 * torch.autograd.Function} is in Python. {@link GradientTape#apply} applies one, once.
 */
public interface DifferentiableFunction extends AutoCloseable {

  /**
   * Applies the function, and keeps what the derivative needs apart from x.
   *
   * @return a new array of the type of x
   */
  NDArray forward(NDArray x);

  /**
   * The derivative, after {@link #forward}.
   *
   * @param x as it was given to {@link #forward}
   * @param gradient with respect to the result, of its shape
   * @param soFar the gradient with respect to x that came from elsewhere, or null
   * @return the gradient with respect to x, soFar included
   */
  NDArray backward(NDArray x, NDArray gradient, NDArray soFar);

  /** Frees what was kept. */
  @Override
  void close();
}
