package io.boxwright.torch.cuda;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.DifferentiableFunction;
import io.boxwright.torch.TorchKernels;
import io.boxwright.torch.cuda.CudaModule.Grid;

/** {@link FusedKernels#layerNorm} in one pass forward and one backward. */
final class CudaLayerNorm implements DifferentiableFunction {

  private static final int WARP = 32;

  private final CudaKernels kernels;
  private final NDArray weight;
  private final NDArray bias;
  private final double epsilon;

  CudaLayerNorm(CudaKernels kernels, NDArray weight, NDArray bias, double epsilon) {
    this.kernels = kernels;
    this.weight = weight;
    this.bias = bias;
    this.epsilon = epsilon;
  }

  /** Returns a grid with a warp for each row. */
  private static Grid grid(long rows) {
    return Grid.of(rows * WARP);
  }

  @Override
  public NDArray forward(NDArray states) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray x = TorchKernels.contiguous(states);
      long rows = x.size() / weight.size();
      NDArray y = CudaArrays.emptyLike(x);
      kernels.launch(x, "layer_norm", grid(rows), x, weight, bias, y, rows, weight.size(), epsilon);
      return scope.keep(y);
    }
  }

  @Override
  public NDArray backward(NDArray states, NDArray ofResult, NDArray before) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray x = TorchKernels.contiguous(states);
      NDArray gradient = TorchKernels.contiguous(ofResult);
      NDArray soFar = before == null ? null : TorchKernels.contiguous(before);
      long rows = x.size() / weight.size();
      NDArray result = CudaArrays.emptyLike(x);
      kernels.launch(
          x,
          "layer_norm_backward",
          grid(rows),
          x,
          gradient,
          weight,
          soFar,
          result,
          rows,
          weight.size(),
          epsilon);
      return scope.keep(result);
    }
  }

  @Override
  public void close() {}
}
