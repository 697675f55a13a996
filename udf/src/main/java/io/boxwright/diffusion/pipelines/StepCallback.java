package io.boxwright.diffusion.pipelines;

/** A callback at the end of each denoising step: diffusers' {@code callback_on_step_end}. */
@FunctionalInterface
public interface StepCallback {

  /**
   * Reads or replaces the tensors of a step.
   *
   * @param step the step's number, from 0
   * @param timestep the step's timestep
   * @param tensors the latents after the step, and the prompts' states
   * @return the tensors to continue with, usually the same; they keep their shapes
   */
  CallbackTensors onStepEnd(int step, double timestep, CallbackTensors tensors);
}
