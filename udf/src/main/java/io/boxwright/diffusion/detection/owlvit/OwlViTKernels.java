package io.boxwright.diffusion.detection.owlvit;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchModule;

/** The operators of OWL-ViT that DJL does not offer, or offers unfused. */
final class OwlViTKernels {

  private static final TorchModule MODULE =
      TorchModule.load(OwlViTKernels.class, "owlvit_kernels.txt");

  private OwlViTKernels() {}

  /**
   * Multiplies each patch by the class token: (B, 1 + P, C), the class token first -> (B, P, C).
   */
  static NDArray multiplyByClassToken(NDArray tokens) {
    return MODULE.call("multiply_by_class_token", tokens);
  }

  /** Computes {@code sigmoid(x + bias)} in float32: (B, P, 4), bias (P, 4) -> (B, P, 4). */
  static NDArray sigmoidOfSum(NDArray x, NDArray bias) {
    return MODULE.call("sigmoid_of_sum", x, bias);
  }

  /**
   * Computes {@code (cosine(patches, queries) + shift) * (elu(scale) + 1)} in float32.
   *
   * @param patches (P, D)
   * @param queries (Q, D), float32
   * @param shift (P, 1)
   * @param scale (P, 1)
   * @return (P, Q)
   */
  static NDArray classLogits(NDArray patches, NDArray queries, NDArray shift, NDArray scale) {
    return MODULE.call("class_logits", patches, queries, shift, scale);
  }
}
