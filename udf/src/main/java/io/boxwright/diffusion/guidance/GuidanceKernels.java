package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchModule;

/** Kernels of layout guidance. Results are owned like those of {@link TorchModule#call}. */
final class GuidanceKernels {

  private static final TorchModule MODULE =
      TorchModule.load(GuidanceKernels.class, "guidance_kernels.txt");

  private GuidanceKernels() {}

  /** Returns the second half of the heads: (B, heads, N, T) -> (B, heads/2, N, T). */
  static NDArray selectSecondHalfOfHeads(NDArray probabilities) {
    return MODULE.call("second_half_of_heads", probabilities);
  }

  /**
   * Adds the share of one attention to the layout loss of each row, turn by turn. In every turn the
   * share of a row is {@code weight * mean over heads of (1 - sum(A * M) / sum(A))^2}, where A is
   * the map of the turn's token and M is its mask.
   *
   * @param sum the sum of each row so far, (B)
   * @param probabilities the probabilities of the attention, (B, heads, N, T)
   * @param rows the numbers of the rows, from 0 to B - 1, (B), INT64
   * @param tokens the token of each turn and row, (turns, B), INT64
   * @param masks the mask of each turn and row, (turns, B, 1, N): 1 inside the boxes, otherwise 0
   * @param weights the weight of each turn and row, (turns, B)
   * @return the new sum of each row, (B)
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
   * Updates the progress of the guidance after some rows were moved.
   *
   * @param state the progress of each row, (B, 3): the first loss, or NaN; the last loss; the
   *     number of updates
   * @param updated the mask of the rows that were moved, (B), BOOLEAN
   * @param losses the loss of each row before the move, (B)
   * @return the new progress of each row, (B, 3)
   */
  static NDArray updateGuidanceState(NDArray state, NDArray updated, NDArray losses) {
    return MODULE.call("update_guidance_state", state, updated, losses);
  }
}
