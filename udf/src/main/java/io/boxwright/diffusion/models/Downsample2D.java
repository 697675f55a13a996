package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Conv2d;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.torch.ArrayScope;

/** diffusers' {@code Downsample2D}: a convolution of stride 2, (B, C, H, W) -> (B, C, H/2, W/2). */
final class Downsample2D {

  private final Conv2d conv;
  private final int padding;

  /**
   * Loads the convolution. With padding 0 the input gets one more row below and one more column on
   * the right, as the VAE encoder needs it.
   */
  Downsample2D(StateDict weights, long channels, int padding) {
    this.conv = Conv2d.load(weights.at("conv"), channels, channels, 3, 2, padding);
    this.padding = padding;
  }

  NDArray forward(NDArray x) {
    try (ArrayScope scope = new ArrayScope()) {
      return scope.keep(conv.forward(padding == 0 ? Functional.padBottomRight(x) : x));
    }
  }
}
