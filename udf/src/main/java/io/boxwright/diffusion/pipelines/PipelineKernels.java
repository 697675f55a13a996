package io.boxwright.diffusion.pipelines;

import static io.boxwright.torch.TorchModule.number;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchModule;

/** Kernels of pipelines. Results are owned like those of {@link TorchModule#call}. */
final class PipelineKernels {

  private static final TorchModule MODULE =
      TorchModule.load(PipelineKernels.class, "pipeline_kernels.txt");

  private PipelineKernels() {}

  /**
   * Applies classifier-free guidance: {@code uncond + scale * (text - uncond)}.
   *
   * @param noise the predicted noise, (2B, C, h, w), the unconditional half first
   * @param scale the {@code guidance_scale}
   * @return the guided noise, (B, C, h, w)
   */
  static NDArray applyClassifierFreeGuidance(NDArray noise, double scale) {
    return MODULE.call("classifier_free_guidance", noise, number(scale));
  }

  /**
   * Converts images (B, 3, H, W) in [-1, 1] to bytes (B, H, W, 3), UINT8, rounded as diffusers
   * does.
   */
  static NDArray toPixels(NDArray images) {
    return MODULE.call("to_pixels", images);
  }
}
