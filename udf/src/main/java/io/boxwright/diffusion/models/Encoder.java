package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.ActivationFunction;
import io.boxwright.diffusion.nn.Conv2d;
import io.boxwright.diffusion.nn.GroupNorm;
import io.boxwright.torch.ArrayScope;
import java.util.ArrayList;
import java.util.List;

/** The VAE's encoder, diffusers' {@code Encoder}: (B, 3, H, W) -> (B, 2L, H/f, W/f). */
final class Encoder {

  private final Conv2d convIn;
  private final List<Level> downBlocks = new ArrayList<>();
  private final VaeMidBlock2D midBlock;
  private final GroupNorm convNormOut;
  private final Conv2d convOut;

  Encoder(StateDict weights, AutoencoderKLConfig config) {
    List<Integer> channels = config.blockOutChannels();
    int last = channels.get(channels.size() - 1);
    ResnetBlock2D.Settings settings = AutoencoderKL.resnetSettings(config);
    this.convIn = Conv2d.load3x3(weights.at("conv_in"), config.inChannels(), channels.get(0));
    for (int i = 0; i < channels.size(); i++) {
      downBlocks.add(new Level(weights.at("down_blocks." + i), config, i));
    }
    this.midBlock = new VaeMidBlock2D(weights.at("mid_block"), last, settings);
    this.convNormOut =
        GroupNorm.load(weights.at("conv_norm_out"), settings.groups(), last, settings.epsilon());
    this.convOut = Conv2d.load3x3(weights.at("conv_out"), last, 2L * config.latentChannels());
  }

  NDArray forward(NDArray images) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray hiddenStates = convIn.forward(images); // (B, c0, H, W)
      for (Level block : downBlocks) {
        hiddenStates = block.forward(hiddenStates); // (B, ci, H/2, W/2)
      }
      hiddenStates = midBlock.forward(hiddenStates);
      return scope.keep(
          convOut.forward(convNormOut.forward(hiddenStates, ActivationFunction.SILU)));
    }
  }

  /** diffusers' {@code DownEncoderBlock2D}. */
  private static final class Level {

    private final List<ResnetBlock2D> resnets = new ArrayList<>();
    private final Downsample2D downsampler; // null in the last block

    Level(StateDict weights, AutoencoderKLConfig config, int level) {
      long out = config.blockOutChannels().get(level);
      long in = config.blockOutChannels().get(Math.max(level - 1, 0));
      for (int i = 0; i < config.layersPerBlock(); i++) {
        resnets.add(
            new ResnetBlock2D(
                weights.at("resnets." + i),
                i == 0 ? in : out,
                out,
                AutoencoderKL.resnetSettings(config)));
      }
      boolean last = level == config.blockOutChannels().size() - 1;
      this.downsampler = last ? null : new Downsample2D(weights.at("downsamplers.0"), out, 0);
    }

    NDArray forward(NDArray x) {
      try (ArrayScope scope = new ArrayScope()) {
        NDArray hiddenStates = x;
        for (ResnetBlock2D resnet : resnets) {
          hiddenStates = resnet.forward(hiddenStates, null);
        }
        return scope.keep(downsampler == null ? hiddenStates : downsampler.forward(hiddenStates));
      }
    }
  }
}
