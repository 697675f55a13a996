package io.boxwright.diffusion.detection.owlvit;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.torch.ArrayScope;

/** Transformers' {@code OwlViTClassPredictionHead}: how well each patch fits each label. */
final class OwlViTClassHead {

  private final Linear dense0;
  private final Linear logitShift;
  private final Linear logitScale;

  private OwlViTClassHead(Linear dense0, Linear logitShift, Linear logitScale) {
    this.dense0 = dense0;
    this.logitShift = logitShift;
    this.logitScale = logitScale;
  }

  static OwlViTClassHead load(StateDict weights, OwlViTConfig config) {
    long channels = config.visionConfig().hiddenSize();
    return new OwlViTClassHead(
        Linear.load(weights.at("dense0"), channels, config.textConfig().hiddenSize()),
        Linear.load(weights.at("logit_shift"), channels, 1),
        Linear.load(weights.at("logit_scale"), channels, 1));
  }

  /** Features of one image (P, C), queries (Q, D), float32 -> (P, Q), float32. */
  NDArray forward(NDArray features, NDArray queries) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray patches = dense0.forward(features); // (P, D)
      NDArray shift = logitShift.forward(features); // (P, 1)
      NDArray scale = logitScale.forward(features); // (P, 1)
      return scope.keep(OwlViTKernels.classLogits(patches, queries, shift, scale));
    }
  }
}
