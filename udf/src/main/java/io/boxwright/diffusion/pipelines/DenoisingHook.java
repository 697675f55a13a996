package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.models.Conditioning;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.schedulers.Scheduler;

/**
 * What is done around the steps of the denoising loop, such as guidance and scores. A hook serves
 * one run, and is closed by who made it.
 */
interface DenoisingHook extends AutoCloseable {

  /**
   * What a run works with. All of it belongs to the pipeline.
   *
   * @param latents the first ones, (B, C, h, w)
   * @param denoiser predicts their noise; its attention processors are restored after the run
   * @param conditioning of the B rows, without the unconditional half
   * @param scheduler of the run
   */
  record Run(NDArray latents, Denoiser denoiser, Conditioning conditioning, Scheduler scheduler) {}

  /** Called once before the first step. */
  void start(Run run);

  /**
   * Called before each step.
   *
   * @param latents (B, C, h, w), float32; not changed
   * @param i the step, from 0
   * @return the latents to go on with, (B, C, h, w), usually the same
   */
  default NDArray beforeStep(NDArray latents, int i) {
    return latents;
  }

  /** Called before each prediction, whose attention processors a hook may set. */
  default void beforePrediction() {}

  @Override
  void close();
}
