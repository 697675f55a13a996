package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Conv2d;
import io.boxwright.diffusion.nn.NearestUpsampling;
import io.boxwright.torch.ArrayScope;

/** diffusers' {@code Upsample2D}: nearest neighbours, then a convolution. */
final class Upsample2D {

  private final Conv2d conv;

  Upsample2D(StateDict weights, long channels) {
    this.conv = Conv2d.load3x3(weights.at("conv"), channels, channels);
  }

  /** Maps (B, C, H, W) to (B, C, 2H, 2W). */
  NDArray forward(NDArray x) {
    return forward(x, 2 * x.getShape().get(2), 2 * x.getShape().get(3));
  }

  /** Maps (B, C, h, w) to (B, C, height, width). */
  NDArray forward(NDArray x, long height, long width) {
    try (ArrayScope scope = new ArrayScope()) {
      return scope.keep(conv.forward(NearestUpsampling.forward(x, height, width)));
    }
  }
}
