package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.attention.Attention;
import io.boxwright.diffusion.models.attention.Transformer2DModel;
import io.boxwright.torch.ArrayScope;
import java.util.List;

/** diffusers' {@code UNetMidBlock2DCrossAttn}: resnet, transformer, resnet. */
final class UNetMidBlock2DCrossAttn {

  private final ResnetBlock2D resnet0;
  private final Transformer2DModel attention;
  private final ResnetBlock2D resnet1;

  UNetMidBlock2DCrossAttn(StateDict weights, UNet2DConditionConfig config) {
    int last = config.levels() - 1;
    long channels = config.blockOutChannels().get(last);
    ResnetBlock2D.Settings settings = config.midResnetSettings();
    this.resnet0 = new ResnetBlock2D(weights.at("resnets.0"), channels, channels, settings);
    this.attention =
        new Transformer2DModel(
            weights.at("attentions.0"), channels, config.midTransformerSettings());
    this.resnet1 = new ResnetBlock2D(weights.at("resnets.1"), channels, channels, settings);
  }

  List<Attention> attentions() {
    return attention.attentions();
  }

  /** Maps (B, C, H, W) and (B or 2B, T, D) to (B or 2B, C, H, W). */
  NDArray forward(NDArray x, NDArray temb, NDArray encoderHiddenStates) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray hiddenStates = resnet0.forward(x, temb);
      hiddenStates = attention.forward(hiddenStates, encoderHiddenStates);
      return scope.keep(resnet1.forward(hiddenStates, temb));
    }
  }
}
