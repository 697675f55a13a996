package io.boxwright.torch.cuda;

/** NVRTC refused something, and will again. */
final class CudaCompilationException extends CudaException {

  private static final long serialVersionUID = 1L;

  CudaCompilationException(String message) {
    super(message);
  }
}
