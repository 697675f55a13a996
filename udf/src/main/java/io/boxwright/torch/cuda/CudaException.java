package io.boxwright.torch.cuda;

/** An error of the CUDA driver or its compiler. */
class CudaException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CudaException(String message) {
    super(message);
  }
}
