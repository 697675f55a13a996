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
   * Applies classifier-free guidance: {@code uncond + scale * (text - uncond)}. Rescaled noise has
   * the standard deviation of the text half in each row, as by diffusers' {@code
   * rescale_noise_cfg}.
   *
   * @param noise the predicted noise, (2B, C, h, w), the unconditional half first
   * @param scale the {@code guidance_scale}
   * @param rescale the share of rescaled noise in the result, the {@code guidance_rescale}, 0..1
   * @return the guided noise, (B, C, h, w)
   */
  static NDArray applyClassifierFreeGuidance(NDArray noise, double scale, double rescale) {
    return rescale == 0
        ? MODULE.call("classifier_free_guidance", noise, number(scale))
        : MODULE.call("rescaled_guidance", noise, number(scale), number(rescale));
  }

  /**
   * Converts images (B, 3, H, W) in [-1, 1] to bytes (B, H, W, 3), UINT8, rounded as diffusers
   * does.
   */
  static NDArray toPixels(NDArray images) {
    return MODULE.call("to_pixels", images);
  }
}
