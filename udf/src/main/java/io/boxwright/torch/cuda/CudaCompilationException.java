package io.boxwright.torch.cuda;

/** An error of NVRTC, which would occur again. */
final class CudaCompilationException extends CudaException {

  private static final long serialVersionUID = 1L;

  CudaCompilationException(String message) {
    super(message);
  }
}
