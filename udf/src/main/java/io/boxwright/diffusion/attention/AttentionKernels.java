package io.boxwright.diffusion.attention;

import static io.boxwright.torch.TorchModule.number;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchModule;

/**
 * Kernels over attention probabilities. Results are owned as those of {@link TorchModule#call} are.
 */
final class AttentionKernels {

  private static final TorchModule MODULE =
      TorchModule.load(AttentionKernels.class, "attention_kernels.txt");

  private AttentionKernels() {}

  /**
   * Adds the mean over heads of the attention scores of the last B rows to the first K keys.
   *
   * @param sum (B, N, K), float32
   * @param query (B, heads, N, C), or (2B, heads, N, C) with the unconditional half first
   * @param key as many rows, (.., heads, T, C)
   * @param scale usually {@code 1 / sqrt(C)}
   * @return (B, N, K), float32
   */
  static NDArray addMeanAttentionScores(NDArray sum, NDArray query, NDArray key, double scale) {
    return MODULE.call("add_mean_attention_scores", sum, query, key, number(scale));
  }
}
