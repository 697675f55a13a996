package io.boxwright.torch.cuda;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.DifferentiableFunction;
import io.boxwright.torch.TorchKernels;
import io.boxwright.torch.cuda.CudaModule.Grid;

/** {@link FusedKernels#geglu} in one pass forward and one backward. */
final class CudaGEGLU implements DifferentiableFunction {

  private final CudaKernels kernels;

  CudaGEGLU(CudaKernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public NDArray forward(NDArray states) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray x = TorchKernels.contiguous(states); // (..., 2C)
      Shape shape = x.getShape();
      long channels = shape.get(shape.dimension() - 1) / 2;
      NDArray y =
          CudaArrays.empty(x, shape.slice(0, shape.dimension() - 1).add(channels), x.getDataType());
      kernels.launch(x, "geglu", Grid.of(CudaArrays.packs(y)), x, y, CudaArrays.packs(y), channels);
      return scope.keep(y);
    }
  }

  @Override
  public NDArray backward(NDArray states, NDArray ofResult, NDArray soFar) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray x = TorchKernels.contiguous(states);
      NDArray gradient = TorchKernels.contiguous(ofResult);
      NDArray result = CudaArrays.emptyLike(x);
      long packs = CudaArrays.packs(gradient);
      kernels.launch(
          x,
          "geglu_backward",
          Grid.of(packs),
          x,
          gradient,
          result,
          packs,
          gradient.getShape().get(gradient.getShape().dimension() - 1));
      return scope.keep(soFar == null ? result : result.add(soFar));
    }
  }

  @Override
  public void close() {}
}
