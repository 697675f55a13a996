package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchModule;

/** Kernels of layout guidance. Results are owned as those of {@link TorchModule#call} are. */
final class GuidanceKernels {

  private static final TorchModule MODULE =
      TorchModule.load(GuidanceKernels.class, "guidance_kernels.txt");

  private GuidanceKernels() {}

  /** (B, heads, N, T) -> (B, heads/2, N, T), the second half of the heads. */
  static NDArray secondHalfOfHeads(NDArray probabilities) {
    return MODULE.call("second_half_of_heads", probabilities);
  }

  /**
   * Adds one map's share of the layout loss to each row's: {@code weight * mean over heads of (1 -
   * sum(A * M) / sum(A))^2} for every entry, A being the map of the entry's token in the entry's
   * row.
   *
   * @param sum (B)
   * @param probabilities (B, heads, N, T)
   * @param rows (E), INT64: the row of each entry
   * @param tokens (E), INT64: the token of each entry
   * @param masks (E, 1, N): 1 inside the entry's boxes, else 0
   * @param weights (E)
   * @return (B)
   */
  static NDArray addLayoutLoss(
      NDArray sum,
      NDArray probabilities,
      NDArray rows,
      NDArray tokens,
      NDArray masks,
      NDArray weights) {
    return MODULE.call("add_layout_loss", sum, probabilities, rows, tokens, masks, weights);
  }

  /**
   * How far the guidance of each row is after an update of some.
   *
   * @param state (B, 3): the first loss, or NaN; the last one; how often it was updated
   * @param updated (B), BOOLEAN
   * @param losses (B)
   * @return (B, 3)
   */
  static NDArray updateGuidanceState(NDArray state, NDArray updated, NDArray losses) {
    return MODULE.call("update_guidance_state", state, updated, losses);
  }
}
