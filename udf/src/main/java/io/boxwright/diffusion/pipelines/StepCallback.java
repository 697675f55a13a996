package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;

/** A callback at the end of each denoising step: diffusers' {@code callback_on_step_end}. */
@FunctionalInterface
public interface StepCallback {

  /**
   * Reads or replaces the latents of a step.
   *
   * @param step the step's number, from 0
   * @param timestep the step's timestep
   * @param latents the latents after the step, (B, C, h, w), float32; the pipeline closes them
   * @return the latents to continue with, usually the same
   */
  NDArray onStepEnd(int step, double timestep, NDArray latents);
}
