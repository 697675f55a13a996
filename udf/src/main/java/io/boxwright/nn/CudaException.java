package io.boxwright.nn;

/** The CUDA driver or its compiler refused something. */
final class CudaException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CudaException(String message) {
    super(message);
  }
}
