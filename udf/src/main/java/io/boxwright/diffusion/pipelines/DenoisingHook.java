package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.models.Conditioning;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.schedulers.Scheduler;

/**
 * Additional work around the steps of the denoising loop, such as guidance and scores. A hook
 * serves one run; its maker closes it.
 */
interface DenoisingHook extends AutoCloseable {

  /**
   * The parts of a run that hooks use. All of them belong to the pipeline.
   *
   * @param latents the first latents, (B, C, h, w)
   * @param denoiser the denoiser that predicts their noise; the pipeline restores its attention
   *     processors after the run
   * @param conditioning the conditioning of the B rows, without the unconditional half, until it
   *     {@linkplain #changeConditioning changes}
   * @param scheduler the scheduler of the run
   */
  record Run(NDArray latents, Denoiser denoiser, Conditioning conditioning, Scheduler scheduler) {}

  /** Starts the hook, once, before the first step. */
  void start(Run run);

  /**
   * Works on the latents before each step.
   *
   * @param latents the latents, (B, C, h, w), float32; they stay unchanged
   * @param i the step, from 0
   * @return the latents to continue with, (B, C, h, w), usually the same
   */
  default NDArray beforeStep(NDArray latents, int i) {
    return latents;
  }

  /** Returns whether call {@code i} of the denoiser belongs to a step that may be guided. */
  default boolean guides(int i) {
    return false;
  }

  /** Uses another conditioning of the B rows in later steps, because a callback replaced it. */
  default void changeConditioning(Conditioning conditioning) {}

  /** Prepares each prediction; a hook may set the denoiser's attention processors here. */
  default void beforePrediction() {}

  @Override
  default void close() {}
}
