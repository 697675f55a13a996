package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;

/**
 * A sampler, which chooses the timesteps at which the UNet is called and turns its predictions into
 * less noisy latents. The counterpart of diffusers' {@code SchedulerMixin}.
 *
 * <p>An instance holds the state of ONE run. Call {@link #setTimesteps} first; then, for {@code i =
 * 0, 1, ...} in order, call {@link #scaleModelInput} (any number of times) and {@link #step} once.
 * Latents are float32 throughout. Not thread-safe. Closing frees the arrays that earlier steps
 * left.
 */
public interface Scheduler extends AutoCloseable {

  /**
   * Starts a run and forgets the one before.
   *
   * @throws IllegalArgumentException if the model was not trained for so many steps or so high a
   *     timestep, if the scheduler needs more steps, or if it does not take the given list
   */
  void setTimesteps(InferenceSteps steps);

  /** Starts a run of {@code numInferenceSteps} denoising steps. */
  default void setTimesteps(int numInferenceSteps) {
    setTimesteps(InferenceSteps.of(numInferenceSteps));
  }

  /**
   * Returns the timestep of each call of the UNet, in order. Schedulers of {@link #order} 2 have 2N
   * - 1 of them in N steps, and PNDM has some more than steps.
   */
  double[] timesteps();

  /**
   * Returns diffusers' {@code order}: how many calls of the UNet make a step, 2 for Heun and KDPM2,
   * otherwise 1. A step starts at call 0, {@code order}, twice {@code order} and so on. The last
   * step has one call. Layout guidance moves the latents only where a step starts.
   */
  int order();

  /** Returns the factor that turns standard normal noise into the first latents. */
  double initNoiseSigma();

  /**
   * Returns the UNet's input for the latents before step {@code i}: (B, C, h, w) -> (B, C, h, w).
   * It is the sample itself where there is nothing to scale.
   */
  NDArray scaleModelInput(NDArray sample, int i);

  /**
   * Carries out step {@code i}.
   *
   * @param modelOutput the UNet's prediction, (B, C, h, w), float32
   * @param i 0, 1, ... in order
   * @param sample the latents before the step, (B, C, h, w), float32
   * @param noise this step's noise, (B, C, h, w), or null where it {@linkplain #takesNoise takes}
   *     none
   * @return the latents after it, (B, C, h, w); a new array that the caller owns
   */
  NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise);

  /**
   * Returns the number of noise arrays that a run of the set timesteps consumes: 0 for
   * deterministic samplers, otherwise one for each step that {@linkplain #takesNoise takes} it.
   */
  int noisePerRun();

  /**
   * Returns whether step {@code i} takes noise. Steps take it in the order in which it is drawn.
   */
  boolean takesNoise(int i);

  /**
   * Returns the factor of the layout-guidance update at step {@code i}: {@code sigma_i^2} where
   * latents are variance-exploding (Euler, LMS, Heun, KDPM2), {@code 1 - alpha_bar_t} where they
   * are variance-preserving.
   */
  double guidanceVariance(int i);

  @Override
  void close();
}
