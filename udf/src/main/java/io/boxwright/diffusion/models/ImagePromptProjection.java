package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;

/**
 * The part of an IP-Adapter that turns what an image encoder gives into states that
 * cross-attentions attend to. The names of its tensors tell the kind.
 */
public interface ImagePromptProjection {

  /** The results of an image encoder that a projection may need. */
  enum Input {
    /** One vector for the image, (B, D); it is 0 for no image. */
    IMAGE_EMBEDS,
    /** The states before the last layer, (B, 1 + P, C); no image is a picture of zeros. */
    HIDDEN_STATES
  }

  /**
   * Loads a projection.
   *
   * @param weights the tensors below {@code image_proj}; the caller calls {@code finish}
   * @param imageEmbedDim D, channels of the image encoder's vectors
   * @param hiddenSize C, channels of the image encoder's states
   * @param crossAttentionDim channels of the states that cross-attentions attend to
   */
  static ImagePromptProjection load(
      StateDict weights, int imageEmbedDim, int hiddenSize, int crossAttentionDim) {
    if (weights.contains("latents")) {
      return new IPAdapterPlusImageProjection(weights, hiddenSize, crossAttentionDim);
    }
    if (weights.contains("proj.3.weight")) {
      return new IPAdapterFullImageProjection(weights, hiddenSize, crossAttentionDim);
    }
    return new ImageProjection(weights, imageEmbedDim, crossAttentionDim);
  }

  /** Returns which results of the image encoder are projected. */
  Input input();

  /** Maps (B, D) or (B, 1 + P, C), as {@link #input} says, to (B, T, cross-attention channels). */
  NDArray forward(NDArray encoded);
}
