package io.boxwright.torch.cuda;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.torch.TorchKernels;

/** Arrays in the form that the kernels of {@code cuda_kernels.cu} take and return. */
final class CudaArrays {

  /** The bytes that a thread reads and writes at once. */
  private static final int PACK_BYTES = 16;

  private CudaArrays() {}

  /** Returns the number of numbers in a pack. */
  static int packWidth(DataType type) {
    return PACK_BYTES / type.getNumOfBytes();
  }

  /** Returns the number of packs in an array. */
  static long packs(NDArray array) {
    return array.size() / packWidth(array.getDataType());
  }

  /** Makes an array in the manager and on the device of another one, with arbitrary content. */
  static NDArray empty(NDArray like, Shape shape, DataType type) {
    return like.getManager().create(shape, type, like.getDevice());
  }

  /**
   * Makes an array with the manager, device, shape and type of another one and arbitrary content.
   */
  static NDArray emptyLike(NDArray like) {
    return empty(like, like.getShape(), like.getDataType());
  }

  /** Returns a picture (B, C, H, W) as (B, H, W, C), the order in memory of channels last. */
  static NDArray positions(NDArray picture) {
    return TorchKernels.channelsLast(picture).transpose(0, 2, 3, 1);
  }

  /** Returns (B, H, W, C) as the picture (B, C, H, W). */
  static NDArray picture(NDArray positions) {
    return positions.transpose(0, 3, 1, 2);
  }
}
