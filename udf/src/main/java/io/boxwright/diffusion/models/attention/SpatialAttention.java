package io.boxwright.diffusion.models.attention;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.diffusion.nn.GroupNorm;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.cuda.FusedKernels;

/**
 * The self-attention of the VAE's mid block, over the positions of a picture: the input is
 * normalised first, and the result is added to it (diffusers' {@code Attention} with {@code
 * residual_connection} and {@code _from_deprecated_attn_block}).
 */
public final class SpatialAttention {

  private final GroupNorm groupNorm;
  private final Attention attention;

  /** Loads the attention over {@code channels} channels. */
  public SpatialAttention(StateDict weights, long channels, int groups, double epsilon) {
    this.groupNorm = GroupNorm.load(weights.at("group_norm"), groups, channels, epsilon);
    this.attention = Attention.loadWithBias(weights, channels);
  }

  /** Maps (B, C, H, W) to (B, C, H, W). */
  public NDArray forward(NDArray input) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray x = FusedKernels.variable(input);
      NDArray hiddenStates = Functional.positionsLast(groupNorm.forward(x)); // (B, H*W, C)
      NDArray attended = attention.forward(hiddenStates); // (B, H*W, C)
      return scope.keep(x.add(Functional.positionsFirst(attended, x)));
    }
  }
}
