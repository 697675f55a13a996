package io.boxwright.diffusion.schedulers;

import static io.boxwright.torch.TorchModule.number;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchModule;

/** Kernels of schedulers. Results are owned like those of {@link TorchModule#call}. */
final class SchedulerKernels {

  private static final TorchModule MODULE =
      TorchModule.load(SchedulerKernels.class, "scheduler_kernels.txt");

  private SchedulerKernels() {}

  /**
   * Applies dynamic thresholding: clips each row to [-s, s] and divides it by s, where s is a
   * quantile of the row's absolute values, at least 1.
   *
   * @param original the predicted originals, (B, C, h, w), float32
   * @param ratio the quantile, 0..1
   * @param largest the largest s, at least 1
   * @return (B, C, h, w), within [-1, 1]
   */
  static NDArray threshold(NDArray original, double ratio, double largest) {
    return MODULE.call("threshold", original, number(ratio), number(largest));
  }
}
