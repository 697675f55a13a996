package io.boxwright.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.loading.StateDict;
import io.boxwright.nn.ArrayScope;
import io.boxwright.nn.Conv2d;
import io.boxwright.nn.GroupNorm;
import io.boxwright.nn.Linear;
import io.boxwright.nn.TorchKernels;

/**
 * diffusers' {@code ResnetBlock2D} with SiLU and the default time embedding: two normalised
 * convolutions, added to the input.
 */
final class ResnetBlock2D {

  private final GroupNorm norm1;
  private final Conv2d conv1;
  private final Linear timeEmbProj; // null in the VAE
  private final GroupNorm norm2;
  private final Conv2d conv2;
  private final Conv2d convShortcut; // null if the channels stay the same
  private final double outputScaleFactor;

  /** What the blocks of one model share. */
  record Settings(int groups, double epsilon, long timeEmbedDim, double outputScaleFactor) {

    /** Of a block without time embedding. */
    static Settings withoutTime(int groups, double epsilon) {
      return new Settings(groups, epsilon, 0, 1);
    }
  }

  ResnetBlock2D(StateDict weights, long in, long out, Settings settings) {
    this.norm1 = GroupNorm.load(weights.at("norm1"), settings.groups(), in, settings.epsilon());
    this.conv1 = Conv2d.load3x3(weights.at("conv1"), in, out);
    this.timeEmbProj =
        settings.timeEmbedDim() == 0
            ? null
            : Linear.load(weights.at("time_emb_proj"), settings.timeEmbedDim(), out);
    this.norm2 = GroupNorm.load(weights.at("norm2"), settings.groups(), out, settings.epsilon());
    this.conv2 = Conv2d.load3x3(weights.at("conv2"), out, out);
    this.convShortcut = in == out ? null : Conv2d.load1x1(weights.at("conv_shortcut"), in, out);
    this.outputScaleFactor = settings.outputScaleFactor();
  }

  /**
   * (B, in, H, W) -> (B, out, H, W).
   *
   * @param temb SiLU of the time embedding, (B, E), or null in the VAE
   */
  NDArray forward(NDArray x, NDArray temb) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray hiddenStates = conv1.forward(norm1.forwardSilu(x)); // (B, out, H, W)
      if (timeEmbProj != null) {
        hiddenStates = TorchKernels.addOverPositions(hiddenStates, timeEmbProj.forward(temb));
      }
      hiddenStates = conv2.forward(norm2.forwardSilu(hiddenStates));
      NDArray shortcut = convShortcut == null ? x : convShortcut.forward(x);
      NDArray sum = shortcut.add(hiddenStates);
      return scope.keep(
          outputScaleFactor == 1 ? sum : TorchKernels.scale(1 / outputScaleFactor, sum));
    }
  }
}
