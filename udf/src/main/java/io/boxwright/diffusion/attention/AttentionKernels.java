package io.boxwright.diffusion.attention;

import static io.boxwright.torch.TorchModule.number;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchModule;

/**
 * Kernels over attention probabilities. Results are owned like those of {@link TorchModule#call}.
 */
final class AttentionKernels {

  private static final TorchModule MODULE =
      TorchModule.load(AttentionKernels.class, "attention_kernels.txt");

  private AttentionKernels() {}

  /**
   * Adds the scores of the last B rows for the first K keys, averaged over heads, to {@code sum}.
   *
   * @param sum the sum so far, (B, N, K), float32; it is overwritten
   * @param passes the number of additions, (1), float32; it is overwritten
   * @param query the queries, (B, heads, N, C), or (2B, heads, N, C) with the unconditional half
   *     first
   * @param key the keys of as many rows, (.., heads, T, C)
   * @param scale the scale of the scores, usually {@code 1 / sqrt(C)}
   */
  static void addMeanAttentionScores(
      NDArray sum, NDArray passes, NDArray query, NDArray key, double scale) {
    MODULE.call("add_mean_attention_scores", sum, passes, query, key, number(scale)).close();
  }
}
