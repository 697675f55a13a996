package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.ActivationFunction;
import io.boxwright.diffusion.nn.Conv2d;
import io.boxwright.diffusion.nn.GroupNorm;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import io.boxwright.torch.cuda.FusedKernels;

/**
 * diffusers' {@code ResnetBlock2D} with the default time embedding: two normalised convolutions,
 * added to the input. Biases are added together with other sums, because each alone would be a pass
 * over all positions.
 */
final class ResnetBlock2D {

  private final GroupNorm norm1;
  private final Conv2d conv1;
  private final Linear timeEmbProj; // null in the VAE
  private final GroupNorm norm2;
  private final Conv2d conv2;
  private final Conv2d convShortcut; // null if the channels stay the same
  private final double outputScaleFactor;
  private final ActivationFunction activation;

  /** The settings that the blocks of one model share. */
  record Settings(
      int groups,
      double epsilon,
      long timeEmbedDim,
      double outputScaleFactor,
      ActivationFunction activation) {

    /** Returns the settings of a block without time embedding. */
    static Settings withoutTime(int groups, double epsilon, ActivationFunction activation) {
      return new Settings(groups, epsilon, 0, 1, activation);
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
    this.activation = settings.activation();
  }

  /**
   * Maps (B, in, H, W) to (B, out, H, W).
   *
   * @param temb activation of the time embedding, (B, E), or null in the VAE
   */
  NDArray forward(NDArray input, NDArray temb) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray x = FusedKernels.variable(input);
      NDArray hiddenStates =
          conv1.forwardWithoutBias(norm1.forward(x, activation)); // (B, out, H, W)
      hiddenStates = norm2.addForward(hiddenStates, computeShifts(temb), activation);
      NDArray sum =
          convShortcut == null
              ? conv2.addForward(x, hiddenStates)
              : convShortcut
                  .forwardWithMoreBias(x, conv2.bias())
                  .add(conv2.forwardWithoutBias(hiddenStates));
      return scope.keep(
          outputScaleFactor == 1 ? sum : TorchKernels.scale(1 / outputScaleFactor, sum));
    }
  }

  /**
   * Returns the number added to each channel between the convolutions, the same at all positions:
   * (B or 1, out).
   */
  private NDArray computeShifts(NDArray temb) {
    NDArray bias = conv1.bias();
    return timeEmbProj == null ? bias.expandDims(0) : timeEmbProj.forward(temb).add(bias);
  }
}
