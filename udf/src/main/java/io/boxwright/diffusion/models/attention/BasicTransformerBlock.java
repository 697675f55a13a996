package io.boxwright.diffusion.models.attention;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.LayerNorm;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import io.boxwright.torch.cuda.FusedKernels;
import java.util.List;

/**
 * diffusers' {@code BasicTransformerBlock} with layer norm: self-attention, cross-attention and
 * feed forward, each applied to the normalised states, with its result added to the states.
 */
final class BasicTransformerBlock {

  private static final double EPSILON = 1e-5;

  private final LayerNorm norm1;
  private final Attention attn1;
  private final LayerNorm norm2;
  private final Attention attn2;
  private final LayerNorm norm3;
  private final FeedForward ff;
  private final FirstAttention firstAttention;

  BasicTransformerBlock(
      StateDict weights,
      int heads,
      long channels,
      long crossAttentionDim,
      FirstAttention firstAttention) {
    long firstDim = firstAttention == FirstAttention.CROSS ? crossAttentionDim : channels;
    this.norm1 = LayerNorm.load(weights.at("norm1"), channels, EPSILON);
    this.attn1 = new Attention(weights.at("attn1"), heads, channels, firstDim);
    this.norm2 = LayerNorm.load(weights.at("norm2"), channels, EPSILON);
    this.attn2 = new Attention(weights.at("attn2"), heads, channels, crossAttentionDim);
    this.norm3 = LayerNorm.load(weights.at("norm3"), channels, EPSILON);
    this.ff = new FeedForward(weights.at("ff"), channels);
    this.firstAttention = firstAttention;
  }

  List<Attention> attentions() {
    return List.of(attn1, attn2);
  }

  /** Maps (B, N, C) and (B or 2B, T, D) to (B or 2B, N, C). */
  NDArray forward(NDArray input, NDArray encoderHiddenStates) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray x = FusedKernels.variable(repeatForPrompts(input, encoderHiddenStates));
      NDArray attended = x.add(attendFirst(norm1.forward(x), encoderHiddenStates));
      NDArray first = FusedKernels.variable(TorchKernels.repeatRows(attended, encoderHiddenStates));
      NDArray second =
          FusedKernels.variable(
              first.add(attn2.forward(norm2.forward(first), encoderHiddenStates)));
      return scope.keep(second.add(ff.forward(norm3.forward(second))));
    }
  }

  /** Makes a row for each prompt if the first attention attends to the prompts. */
  private NDArray repeatForPrompts(NDArray input, NDArray encoderHiddenStates) {
    return firstAttention == FirstAttention.CROSS
        ? TorchKernels.repeatRows(input, encoderHiddenStates)
        : input;
  }

  private NDArray attendFirst(NDArray hiddenStates, NDArray encoderHiddenStates) {
    return firstAttention == FirstAttention.CROSS
        ? attn1.forward(hiddenStates, encoderHiddenStates)
        : attn1.forward(hiddenStates);
  }
}
