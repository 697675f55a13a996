package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.attention.SpatialAttention;
import io.boxwright.torch.ArrayScope;

/** diffusers' {@code UNetMidBlock2D} as in the VAE: resnet, attention of one head, resnet. */
final class VaeMidBlock2D {

  private final ResnetBlock2D resnet0;
  private final SpatialAttention attention;
  private final ResnetBlock2D resnet1;

  VaeMidBlock2D(StateDict weights, long channels, ResnetBlock2D.Settings settings) {
    this.resnet0 = new ResnetBlock2D(weights.at("resnets.0"), channels, channels, settings);
    this.attention =
        new SpatialAttention(
            weights.at("attentions.0"), channels, settings.groups(), settings.epsilon());
    this.resnet1 = new ResnetBlock2D(weights.at("resnets.1"), channels, channels, settings);
  }

  /** Maps (B, C, H, W) to (B, C, H, W). */
  NDArray forward(NDArray x) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray hiddenStates = attention.forward(resnet0.forward(x, null));
      return scope.keep(resnet1.forward(hiddenStates, null));
    }
  }
}
