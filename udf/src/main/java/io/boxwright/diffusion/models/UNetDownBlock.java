package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.attention.Attention;
import io.boxwright.diffusion.models.attention.Transformer2DModel;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.cuda.FusedKernels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * One down block: diffusers' {@code CrossAttnDownBlock2D} or, without attentions, {@code
 * DownBlock2D}.
 */
final class UNetDownBlock {

  private final List<ResnetBlock2D> resnets = new ArrayList<>();
  private final List<Transformer2DModel> attentions = new ArrayList<>();
  private final Downsample2D downsampler; // null in the last block

  UNetDownBlock(StateDict weights, UNet2DConditionConfig config, int level) {
    long out = config.blockOutChannels().get(level);
    long in = level == 0 ? out : config.blockOutChannels().get(level - 1);
    for (int i = 0; i < config.layersPerBlock().get(level); i++) {
      resnets.add(
          new ResnetBlock2D(
              weights.at("resnets." + i), i == 0 ? in : out, out, config.resnetSettings()));
      if (config.downBlockTypes().get(level).equals("CrossAttnDownBlock2D")) {
        attentions.add(
            new Transformer2DModel(
                weights.at("attentions." + i), out, config.transformerSettings(level)));
      }
    }
    boolean last = level == config.levels() - 1;
    this.downsampler =
        last
            ? null
            : new Downsample2D(weights.at("downsamplers.0"), out, config.downsamplePadding());
  }

  List<Attention> attentions() {
    return attentions.stream().flatMap(attention -> attention.attentions().stream()).toList();
  }

  /**
   * Maps (B, in, H, W) and (B or 2B, T, D) to (B, out, H/2, W/2), with 2B rows from the first
   * cross-attention on.
   *
   * @param skips the collection to which every intermediate result is added, for the up blocks
   */
  NDArray forward(NDArray x, NDArray temb, NDArray encoderHiddenStates, Collection<NDArray> skips) {
    NDArray hiddenStates = x;
    for (int i = 0; i < resnets.size(); i++) {
      hiddenStates =
          FusedKernels.variable(forwardLayer(i, hiddenStates, temb, encoderHiddenStates));
      skips.add(hiddenStates);
    }
    if (downsampler != null) {
      hiddenStates = FusedKernels.variable(downsampler.forward(hiddenStates));
      skips.add(hiddenStates);
    }
    return hiddenStates;
  }

  private NDArray forwardLayer(int i, NDArray x, NDArray temb, NDArray encoderHiddenStates) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray hiddenStates = resnets.get(i).forward(x, temb); // (B, out, H, W)
      return scope.keep(
          attentions.isEmpty()
              ? hiddenStates
              : attentions.get(i).forward(hiddenStates, encoderHiddenStates));
    }
  }
}
