package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.ActivationFunction;
import io.boxwright.diffusion.nn.Conv2d;
import io.boxwright.diffusion.nn.GroupNorm;
import io.boxwright.torch.ArrayScope;
import java.util.ArrayList;
import java.util.List;

/** The VAE's decoder, diffusers' {@code Decoder}: (B, L, h, w) -> (B, 3, f*h, f*w). */
final class Decoder {

  private final Conv2d convIn;
  private final VaeMidBlock2D midBlock;
  private final List<Level> upBlocks = new ArrayList<>();
  private final GroupNorm convNormOut;
  private final Conv2d convOut;

  Decoder(StateDict weights, AutoencoderKLConfig config) {
    List<Integer> channels = config.blockOutChannels();
    int first = channels.get(0);
    int last = channels.get(channels.size() - 1);
    ResnetBlock2D.Settings settings = AutoencoderKL.resnetSettings(config);
    this.convIn = Conv2d.load3x3(weights.at("conv_in"), config.latentChannels(), last);
    this.midBlock = new VaeMidBlock2D(weights.at("mid_block"), last, settings);
    for (int i = 0; i < channels.size(); i++) {
      upBlocks.add(new Level(weights.at("up_blocks." + i), config, channels.size() - 1 - i));
    }
    this.convNormOut =
        GroupNorm.load(weights.at("conv_norm_out"), settings.groups(), first, settings.epsilon());
    this.convOut = Conv2d.load3x3(weights.at("conv_out"), first, config.outChannels());
  }

  NDArray forward(NDArray latents) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray hiddenStates = midBlock.forward(convIn.forward(latents)); // (B, c, h, w)
      for (Level block : upBlocks) {
        hiddenStates = block.forward(hiddenStates); // (B, ci, 2h, 2w)
      }
      return scope.keep(
          convOut.forward(convNormOut.forward(hiddenStates, ActivationFunction.SILU)));
    }
  }

  /** diffusers' {@code UpDecoderBlock2D}. */
  private static final class Level {

    private final List<ResnetBlock2D> resnets = new ArrayList<>();
    private final Upsample2D upsampler; // null in the last block

    Level(StateDict weights, AutoencoderKLConfig config, int level) {
      List<Integer> channels = config.blockOutChannels();
      long out = channels.get(level);
      long in = channels.get(Math.min(level + 1, channels.size() - 1));
      for (int i = 0; i < config.layersPerBlock() + 1; i++) {
        resnets.add(
            new ResnetBlock2D(
                weights.at("resnets." + i),
                i == 0 ? in : out,
                out,
                AutoencoderKL.resnetSettings(config)));
      }
      this.upsampler = level == 0 ? null : new Upsample2D(weights.at("upsamplers.0"), out);
    }

    NDArray forward(NDArray x) {
      try (ArrayScope scope = new ArrayScope()) {
        NDArray hiddenStates = x;
        for (ResnetBlock2D resnet : resnets) {
          hiddenStates = resnet.forward(hiddenStates, null);
        }
        return scope.keep(upsampler == null ? hiddenStates : upsampler.forward(hiddenStates));
      }
    }
  }
}
