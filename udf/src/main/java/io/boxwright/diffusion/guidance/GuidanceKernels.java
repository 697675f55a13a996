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
   * Makes matrices whose column k selects the token k.
   *
   * @param tokens the tokens, (..., K), INT64
   * @param like an array of the type of the result, (..., T)
   * @return 1 at the tokens, otherwise 0, (..., T, K)
   */
  static NDArray oneHot(NDArray tokens, NDArray like) {
    return MODULE.call("one_hot", tokens, like);
  }

  /**
   * Adds the share of one attention to the layout loss of each row, turn by turn. In every turn the
   * share of a row is the sum over K of {@code weight * mean over heads of (1 - sum(A * M) /
   * sum(A))^2}, where A is a head's map of the selected token and M is its mask.
   *
   * <p>Maps are selected by a product of matrices. Its derivative is another product, while an
   * index would add up numbers one after another, or on a GPU in any order.
   *
   * @param sum the sum of each row so far, (B)
   * @param probabilities the probabilities of the attention, (B, heads, N, T)
   * @param selectors the tokens as {@link #oneHot} has them, (turns, B, T, K)
   * @param masks the masks, (turns, B, 1, N, K): 1 inside the boxes, otherwise 0
   * @param weights the weights, (turns, B, K)
   * @return the new sum of each row, (B)
   */
  static NDArray addLayoutLoss(
      NDArray sum, NDArray probabilities, NDArray selectors, NDArray masks, NDArray weights) {
    return MODULE.call("add_layout_loss", sum, probabilities, selectors, masks, weights);
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
