package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.torch.ArrayScope;

/**
 * Transformers' {@code CLIPVisionEmbeddings}: a class token and one token a patch, each with its
 * place. P is the number of patches.
 */
final class CLIPVisionEmbeddings {

  private final int patchSize;
  private final NDArray classEmbedding; // (C)
  private final NDArray patchWeight; // (C, 3, patch, patch)
  private final NDArray positionEmbedding; // (1 + P, C)

  private CLIPVisionEmbeddings(
      int patchSize, NDArray classEmbedding, NDArray patchWeight, NDArray positionEmbedding) {
    this.patchSize = patchSize;
    this.classEmbedding = classEmbedding;
    this.patchWeight = patchWeight;
    this.positionEmbedding = positionEmbedding;
  }

  static CLIPVisionEmbeddings load(StateDict weights, CLIPVisionConfig config) {
    long channels = config.hiddenSize();
    long patch = config.patchSize();
    long patches = (long) config.patchesPerSide() * config.patchesPerSide();
    return new CLIPVisionEmbeddings(
        config.patchSize(),
        weights.tensor("class_embedding", channels),
        weights
            .at("patch_embedding")
            .tensor("weight", channels, config.numChannels(), patch, patch),
        weights.at("position_embedding").tensor("weight", 1 + patches, channels));
  }

  /** (B, 3, H, W) -> (B, 1 + P, C), the class token first. */
  NDArray forward(NDArray pixels) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray convolved = Functional.conv2d(pixels, patchWeight, patchSize, 0); // (B, C, h, w)
      NDArray patches = Functional.positionsLast(convolved); // (B, P, C)
      long rows = pixels.getShape().get(0);
      NDArray first = classEmbedding.reshape(1, 1, -1).repeat(0, rows); // (B, 1, C)
      return scope.keep(first.concat(patches, 1).add(positionEmbedding)); // (B, 1 + P, C)
    }
  }
}
