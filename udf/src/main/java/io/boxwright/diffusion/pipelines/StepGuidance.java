package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.schedulers.Scheduler;

/** What a pipeline built on {@link StableDiffusionPipeline} does around each denoising step. */
interface StepGuidance {

  /** Nothing: plain Stable Diffusion. */
  StepGuidance NONE =
      new StepGuidance() {
        @Override
        public void start(NDArray latents, NDArray promptEmbeds, Scheduler scheduler) {}

        @Override
        public NDArray beforeStep(NDArray latents, int i) {
          return latents;
        }

        @Override
        public void beforePrediction() {}
      };

  /**
   * Called once before the first step.
   *
   * @param latents the first ones, (B, C, h, w)
   * @param promptEmbeds the prompts' states, (B, T, D)
   * @param scheduler of the run
   */
  void start(NDArray latents, NDArray promptEmbeds, Scheduler scheduler);

  /** Moves the latents (B, C, h, w) before the UNet predicts their noise. */
  NDArray beforeStep(NDArray latents, int i);

  /** Sets the UNet's attention processors for the prediction. */
  void beforePrediction();
}
