package io.boxwright.torch.cuda;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.torch.TorchKernels;

/** Arrays as the kernels of {@code cuda_kernels.cu} take and give them. */
final class CudaArrays {

  /** What a thread reads and writes at once. */
  private static final int PACK_BYTES = 16;

  private CudaArrays() {}

  /** How many numbers a pack has. */
  static int packWidth(DataType type) {
    return PACK_BYTES / type.getNumOfBytes();
  }

  /** How many packs an array has. */
  static long packs(NDArray array) {
    return array.size() / packWidth(array.getDataType());
  }

  /** A new array next to another one, of any content. */
  static NDArray empty(NDArray like, Shape shape, DataType type) {
    return like.getManager().create(shape, type, like.getDevice());
  }

  /** A new array of the shape and type of another one, next to it, of any content. */
  static NDArray emptyLike(NDArray like) {
    return empty(like, like.getShape(), like.getDataType());
  }

  /** A picture (B, C, H, W) as what it is in memory, (B, H, W, C), if it is channels last. */
  static NDArray positions(NDArray picture) {
    return TorchKernels.channelsLast(picture).transpose(0, 2, 3, 1);
  }

  /** (B, H, W, C) as the picture (B, C, H, W). */
  static NDArray picture(NDArray positions) {
    return positions.transpose(0, 3, 1, 2);
  }
}
