package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.attention.Attention;
import io.boxwright.diffusion.models.attention.Transformer2DModel;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import io.boxwright.torch.cuda.FusedKernels;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One up block: diffusers' {@code CrossAttnUpBlock2D} or, without attentions, {@code UpBlock2D}.
 * Each resnet gets the result so far joined with one of the down blocks' results.
 */
final class UNetUpBlock {

  private final List<ResnetBlock2D> resnets = new ArrayList<>();
  private final List<Transformer2DModel> attentions = new ArrayList<>();
  private final Upsample2D upsampler; // null in the last block

  /**
   * Loads a block.
   *
   * @param index the place of the block from the bottom, 0 first
   */
  UNetUpBlock(StateDict weights, UNet2DConditionConfig config, int index) {
    int level = config.levels() - 1 - index;
    long out = config.blockOutChannels().get(level);
    long below = config.blockOutChannels().get(Math.min(level + 1, config.levels() - 1));
    long above = config.blockOutChannels().get(Math.max(level - 1, 0));
    int layers = config.layersPerBlock().get(level) + 1;
    for (int i = 0; i < layers; i++) {
      long skip = i == layers - 1 ? above : out;
      resnets.add(
          new ResnetBlock2D(
              weights.at("resnets." + i),
              (i == 0 ? below : out) + skip,
              out,
              config.resnetSettings()));
      if (config.upBlockTypes().get(index).equals("CrossAttnUpBlock2D")) {
        attentions.add(
            new Transformer2DModel(
                weights.at("attentions." + i), out, config.transformerSettings(level)));
      }
    }
    this.upsampler = level == 0 ? null : new Upsample2D(weights.at("upsamplers.0"), out);
  }

  List<Attention> attentions() {
    return attentions.stream().flatMap(attention -> attention.attentions().stream()).toList();
  }

  /**
   * Maps (B, below, H, W) to (B, out, 2H, 2W), or to the size of the next result of the down
   * blocks. Results from before the first cross-attention may have half as many rows.
   *
   * @param skips results of the down blocks, the newest last; this block removes those that it uses
   */
  NDArray forward(NDArray x, NDArray temb, NDArray encoderHiddenStates, Deque<NDArray> skips) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray features = forwardToLastLayer(x, temb, encoderHiddenStates, skips); // (B, out, H, W)
      NDArray hiddenStates = forwardLastLayer(features, temb, encoderHiddenStates, skips);
      if (upsampler != null) {
        NDArray next = skips.getLast();
        hiddenStates =
            upsampler.forward(hiddenStates, next.getShape().get(2), next.getShape().get(3));
      }
      return scope.keep(hiddenStates);
    }
  }

  /** Maps (B, below, H, W) to the input of the last layer, (B, out, H, W). */
  NDArray forwardToLastLayer(
      NDArray x, NDArray temb, NDArray encoderHiddenStates, Deque<NDArray> skips) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray hiddenStates = x;
      for (int i = 0; i < resnets.size() - 1; i++) {
        hiddenStates = forwardLayer(i, hiddenStates, temb, encoderHiddenStates, skips);
      }
      return scope.keep(hiddenStates);
    }
  }

  /** Maps the input of the last layer to (B, out, H, W). */
  NDArray forwardLastLayer(
      NDArray x, NDArray temb, NDArray encoderHiddenStates, Deque<NDArray> skips) {
    return forwardLayer(resnets.size() - 1, x, temb, encoderHiddenStates, skips);
  }

  private NDArray forwardLayer(
      int i, NDArray x, NDArray temb, NDArray encoderHiddenStates, Deque<NDArray> skips) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray joined = join(x, skips.removeLast()); // (B, below + skip, H, W)
      NDArray hiddenStates = resnets.get(i).forward(joined, temb); // (B, out, H, W)
      return scope.keep(
          attentions.isEmpty()
              ? hiddenStates
              : attentions.get(i).forward(hiddenStates, encoderHiddenStates));
    }
  }

  /** Joins (B, C, H, W) and (B or B/2, D, H, W) to (B, C + D, H, W). */
  private static NDArray join(NDArray x, NDArray skip) {
    return FusedKernels.withoutAutograd(x, x.getShape().get(1))
        .filter(kernels -> kernels.support(skip, skip.getShape().get(1)))
        .map(kernels -> kernels.joinChannels(x, skip))
        .orElseGet(() -> x.concat(TorchKernels.repeatRows(skip, x), 1));
  }
}
