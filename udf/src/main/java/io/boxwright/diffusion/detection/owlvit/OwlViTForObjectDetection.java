package io.boxwright.diffusion.detection.owlvit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.clip.CLIPVisionModel;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.LayerNorm;
import io.boxwright.torch.ArrayScope;

/**
 * The vision side of transformers' {@code OwlViTForObjectDetection} and {@code
 * Owlv2ForObjectDetection}: for each patch of an image a box, and how well it fits each label. The
 * objectness of OWLv2 is left out, because no detection depends on it. Weights belong to the
 * manager that they were read with; forward passes may run in several threads.
 */
final class OwlViTForObjectDetection {

  private final CLIPVisionModel visionModel;
  private final LayerNorm layerNorm;
  private final OwlViTBoxHead boxHead;
  private final OwlViTClassHead classHead;

  /**
   * Takes the weights of the vision side; the caller finishes them.
   *
   * @param weights all tensors
   * @param vision those of the two-sided model, below {@code owlvit} or {@code owlv2}
   */
  OwlViTForObjectDetection(
      OwlViTConfig config, StateDict weights, StateDict vision, NDManager manager) {
    this.visionModel =
        CLIPVisionModel.create(config.visionConfig(), vision.at("vision_model"), "pre_layernorm");
    this.layerNorm =
        LayerNorm.load(
            weights.at("layer_norm"),
            config.visionConfig().hiddenSize(),
            config.visionConfig().layerNormEps());
    this.boxHead = OwlViTBoxHead.load(weights.at("box_head"), config.visionConfig(), manager);
    this.classHead = OwlViTClassHead.load(weights.at("class_head"), config);
    weights.at("objectness_head").leaveOut();
    vision.at("visual_projection").leaveOut();
  }

  /** Pixels (B, 3, H, W) -> features of patches (B, P, C). */
  NDArray features(NDArray pixels) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray tokens = visionModel.normalize(visionModel.forward(pixels)); // (B, 1 + P, C)
      return scope.keep(layerNorm.forward(OwlViTKernels.multiplyByClassToken(tokens)));
    }
  }

  /** Features (B, P, C) -> boxes (B, P, 4), float32: centre x, centre y, width, height, 0..1. */
  NDArray boxes(NDArray features) {
    return boxHead.forward(features);
  }

  /**
   * Compares the patches of one image with labels.
   *
   * @param features (P, C)
   * @param queries (Q, D), float32
   * @return (P, Q), float32
   */
  NDArray logits(NDArray features, NDArray queries) {
    return classHead.forward(features, queries);
  }
}
