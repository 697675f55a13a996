package io.boxwright.diffusion.schedulers;

/**
 * The keys that a scheduler reads, checked. Knows which runs there can be, and holds nothing of
 * one.
 */
interface SchedulerSettings {

  /** What every scheduler reads. */
  CommonSettings common();

  /**
   * The timestep of each call of the model in a run, in order.
   *
   * @param numInferenceSteps from 1 to {@code num_train_timesteps}
   * @throws IllegalArgumentException if there can be no such run
   */
  double[] timesteps(int numInferenceSteps);

  /** Makes the scheduler, which the caller closes. */
  Scheduler newScheduler();
}
