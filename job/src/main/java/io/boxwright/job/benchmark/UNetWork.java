package io.boxwright.job.benchmark;

import io.boxwright.diffusion.attention.AttentionLayers;
import io.boxwright.diffusion.models.UNetFlops;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.StableDiffusionPipeline;
import java.util.List;

/**
 * The work of a UNet in floating-point operations.
 *
 * @param guidancePass the operations of one guided pass of one sample: forward to the last
 *     attention that the loss reads, and back to the latents
 * @param denoisePass the operations of one step of one sample: with classifier-free guidance two
 *     forward passes, although the layers before the first cross-attention run only once
 */
record UNetWork(long guidancePass, long denoisePass) {

  /** Counts the work for the images of a pipeline. The options have a size. */
  static UNetWork of(StableDiffusionPipeline pipeline, GenerationOptions options) {
    int factor = pipeline.vae().config().scaleFactor();
    UNetFlops flops =
        new UNetFlops(
            pipeline.unetConfig(),
            options.height() / factor,
            options.width() / factor,
            pipeline.tokenizer().modelMaxLength());
    List<String> guided =
        AttentionLayers.of(pipeline.denoiser().attnProcessors().keySet()).guided();
    String last = guided.get(guided.size() - 1);
    return new UNetWork(
        flops.forwardTo(last) + flops.backwardFrom(last),
        (options.classifierFree() ? 2 : 1) * flops.forward());
  }

  /** Returns the operations of all passes of a batch, each over a number of samples. */
  double operations(long guidedSamples, long denoisedSamples) {
    return (double) guidancePass * guidedSamples + (double) denoisePass * denoisedSamples;
  }
}
