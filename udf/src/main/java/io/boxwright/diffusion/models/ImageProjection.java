package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.LayerNorm;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.torch.ArrayScope;

/** diffusers' {@code ImageProjection} of the plain IP-Adapter: (B, D) to four states. */
final class ImageProjection implements ImagePromptProjection {

  private static final int TOKENS = 4;
  private static final double EPSILON = 1e-5;

  private final int channels;
  private final Linear imageEmbeds;
  private final LayerNorm norm;

  ImageProjection(StateDict weights, int imageEmbedDim, int crossAttentionDim) {
    this.channels = crossAttentionDim;
    this.imageEmbeds =
        Linear.load(weights.at("proj"), imageEmbedDim, (long) TOKENS * crossAttentionDim);
    this.norm = LayerNorm.load(weights.at("norm"), crossAttentionDim, EPSILON);
  }

  @Override
  public Input input() {
    return Input.IMAGE_EMBEDS;
  }

  @Override
  public NDArray forward(NDArray encoded) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray states = imageEmbeds.forward(encoded).reshape(-1, TOKENS, channels); // (B, 4, C)
      return scope.keep(norm.forward(states));
    }
  }
}
