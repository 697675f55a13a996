package io.boxwright.diffusion.attention;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchModule;

/**
 * Kernels over attention probabilities. Results are owned like those of {@link TorchModule#call}.
 */
final class AttentionKernels {

  private static final TorchModule MODULE =
      TorchModule.load(AttentionKernels.class, "attention_kernels.txt");

  private AttentionKernels() {}

  /** Returns a view of the last rows of x (B or 2B, ...): as many as {@code like} has. */
  static NDArray lastRows(NDArray x, NDArray like) {
    return MODULE.call("last_rows", x, like);
  }

  /**
   * Adds probabilities of the first K keys, averaged over heads, to {@code sum}.
   *
   * @param sum the sum so far, (B, N, K), float32; it is overwritten
   * @param passes the number of additions, (1), float32; it is overwritten
   * @param probabilities (B, heads, N, T), float32
   */
  static void addMeanOfHeads(NDArray sum, NDArray passes, NDArray probabilities) {
    MODULE.call("add_mean_of_heads", sum, passes, probabilities).close();
  }
}
