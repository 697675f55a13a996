package io.boxwright.diffusion.pipelines;

import static io.boxwright.torch.TorchModule.number;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchModule;

/** Kernels of pipelines. Results are owned as those of {@link TorchModule#call} are. */
final class PipelineKernels {

  private static final TorchModule MODULE =
      TorchModule.load(PipelineKernels.class, "pipeline_kernels.txt");

  private PipelineKernels() {}

  /**
   * Classifier-free guidance: {@code uncond + scale * (text - uncond)}.
   *
   * @param noise (2B, C, H, W), the unconditional half first
   * @param scale {@code guidance_scale}
   * @return (B, C, H, W)
   */
  static NDArray classifierFreeGuidance(NDArray noise, double scale) {
    return MODULE.call("classifier_free_guidance", noise, number(scale));
  }

  /** Images (B, 3, H, W) in [-1, 1] to bytes (B, H, W, 3), UINT8, rounded as diffusers rounds. */
  static NDArray toPixels(NDArray images) {
    return MODULE.call("to_pixels", images);
  }
}
