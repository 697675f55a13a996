package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;

/**
 * A sampler: says at which timesteps the UNet is asked and turns its answers into less noisy
 * latents. The counterpart of diffusers' {@code SchedulerMixin}.
 *
 * <p>An instance holds the state of ONE run: {@link #setTimesteps} first, then for {@code i = 0, 1,
 * ...} in order {@link #scaleModelInput} (as often as wanted) and {@link #step} once. Latents are
 * float32 throughout. Not thread-safe. Closing frees what earlier steps left behind.
 */
public interface Scheduler extends AutoCloseable {

  /**
   * Starts a run of {@code numInferenceSteps} denoising steps and forgets the one before.
   *
   * @throws IllegalArgumentException if the model was not trained for so many, or if the scheduler
   *     needs more
   */
  void setTimesteps(int numInferenceSteps);

  /** The timestep of each call of the UNet, in order; PNDM has more of them than steps. */
  double[] timesteps();

  /** What standard normal noise is multiplied by to give the first latents. */
  double initNoiseSigma();

  /**
   * The UNet's input for the latents before step {@code i}: (B, C, h, w) -> (B, C, h, w). It is the
   * sample itself where there is nothing to scale.
   */
  NDArray scaleModelInput(NDArray sample, int i);

  /**
   * Carries out step {@code i}.
   *
   * @param modelOutput what the UNet said, (B, C, h, w), float32
   * @param i 0, 1, ... in order
   * @param sample the latents before the step, (B, C, h, w), float32
   * @param noise this step's noise, (B, C, h, w), or null if {@link #noisePerRun} is 0
   * @return the latents after it, (B, C, h, w); a new array that the caller owns
   */
  NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise);

  /**
   * How many noise arrays a run of the set timesteps consumes: 0 for deterministic samplers,
   * otherwise one a step.
   */
  int noisePerRun();

  /**
   * The factor of the layout-guidance update at step {@code i}: {@code sigma_i^2} where latents are
   * variance-exploding (Euler, LMS), {@code 1 - alpha_bar_t} where they are variance-preserving.
   */
  double guidanceVariance(int i);

  @Override
  void close();
}
