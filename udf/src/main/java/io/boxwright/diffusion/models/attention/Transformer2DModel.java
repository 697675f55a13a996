package io.boxwright.diffusion.models.attention;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.diffusion.nn.GroupNorm;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import io.boxwright.torch.cuda.FusedKernels;
import java.util.List;
import java.util.stream.IntStream;

/**
 * diffusers' {@code Transformer2DModel} over continuous input: transformer blocks over the
 * positions of a picture, with their result added to it.
 */
public final class Transformer2DModel {

  private static final double EPSILON = 1e-6;

  private final GroupNorm norm;
  private final Linear projIn;
  private final Linear projOut;
  private final List<BasicTransformerBlock> transformerBlocks;

  /**
   * The settings that the transformers of a UNet share.
   *
   * @param layers transformer blocks, one after another
   * @param heads attention heads
   * @param crossAttentionDim channels of the prompt's states
   * @param groups groups of the group norm
   * @param linearProjection {@code use_linear_projection}: whether linear layers take the place of
   *     1x1 convolutions
   * @param firstAttention the target of the first attention of a block
   */
  public record Settings(
      int layers,
      int heads,
      long crossAttentionDim,
      int groups,
      boolean linearProjection,
      FirstAttention firstAttention) {}

  /** Loads the transformer over {@code channels} channels. */
  public Transformer2DModel(StateDict weights, long channels, Settings settings) {
    this.norm = GroupNorm.load(weights.at("norm"), settings.groups(), channels, EPSILON);
    this.projIn = loadProjection(weights.at("proj_in"), channels, settings);
    this.projOut = loadProjection(weights.at("proj_out"), channels, settings);
    this.transformerBlocks =
        IntStream.range(0, settings.layers())
            .mapToObj(i -> loadBlock(weights.at("transformer_blocks." + i), channels, settings))
            .toList();
  }

  private static Linear loadProjection(StateDict weights, long channels, Settings settings) {
    return settings.linearProjection()
        ? Linear.load(weights, channels, channels)
        : Linear.loadConvolution1x1(weights, channels, channels);
  }

  private static BasicTransformerBlock loadBlock(
      StateDict weights, long channels, Settings settings) {
    return new BasicTransformerBlock(
        weights,
        settings.heads(),
        channels,
        settings.crossAttentionDim(),
        settings.firstAttention());
  }

  /** Returns all attentions, in the order of their paths. */
  public List<Attention> attentions() {
    return transformerBlocks.stream().flatMap(block -> block.attentions().stream()).toList();
  }

  /** Maps (B, C, H, W) and (B or 2B, T, D) to (B or 2B, C, H, W). */
  public NDArray forward(NDArray input, NDArray encoderHiddenStates) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray x = FusedKernels.variable(input);
      NDArray hiddenStates = projIn.forward(Functional.positionsLast(norm.forward(x)));
      for (BasicTransformerBlock block : transformerBlocks) {
        hiddenStates = block.forward(hiddenStates, encoderHiddenStates); // (B, H*W, C)
      }
      NDArray picture = Functional.positionsFirst(projOut.forward(hiddenStates), x);
      return scope.keep(TorchKernels.repeatRows(x, picture).add(picture)); // (B or 2B, C, H, W)
    }
  }
}
