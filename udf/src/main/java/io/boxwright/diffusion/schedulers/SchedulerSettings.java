package io.boxwright.diffusion.schedulers;

/**
 * The checked settings that a scheduler reads. They determine which runs are possible and hold no
 * state of a run.
 */
interface SchedulerSettings {

  /** Returns the settings that every scheduler reads. */
  CommonSettings common();

  /**
   * Returns the timestep of each call of the model in a run, in order.
   *
   * @param steps steps that the scheduler takes; a number is from 1 to {@code num_train_timesteps}
   * @throws IllegalArgumentException if no such run is possible
   */
  double[] timesteps(InferenceSteps steps);

  /** Makes the scheduler, which the caller closes. */
  Scheduler newScheduler();
}
