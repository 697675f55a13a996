package io.boxwright.torch.cuda;

/** The CUDA driver or its compiler refused something. */
class CudaException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CudaException(String message) {
    super(message);
  }
}
