package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.schedulers.Scheduler;
import io.boxwright.diffusion.schedulers.SchedulerConfig;
import io.boxwright.diffusion.schedulers.Schedulers;
import io.boxwright.text.Printable;

/**
 * The scheduler of a run: the folder's own, or the one that the options name, made from the same
 * configuration.
 */
final class RunScheduler {

  private static final String HEUN = "HeunDiscreteScheduler";

  private final String className;
  private final SchedulerConfig config;
  private final GenerationOptions options;

  /**
   * Chooses the scheduler.
   *
   * @param config the configuration in the folder
   */
  RunScheduler(SchedulerConfig config, GenerationOptions options) {
    this.options = options;
    boolean own = options.scheduler() == null || options.scheduler().equals(config.className());
    this.className = own ? config.className() : options.scheduler();
    SchedulerConfig corrected = own ? config.forStableDiffusion() : config.forSwap();
    this.config =
        options.predictionType() == null
            ? corrected
            : corrected.withPredictionType(options.predictionType());
  }

  /**
   * Creates it, with its timesteps set.
   *
   * @return a scheduler that the caller closes
   * @throws IllegalArgumentException naming the scheduler, configuration value or steps that are
   *     invalid
   */
  Scheduler create() {
    Scheduler created = Schedulers.create(className, config, options.eta());
    created.setTimesteps(options.inferenceSteps());
    return created;
  }

  /**
   * Checks that {@link #create} can make a scheduler, without making it.
   *
   * @throws IllegalArgumentException naming the scheduler, configuration value or steps that are
   *     invalid
   */
  void check() {
    if (options.scheduler() == null && !Schedulers.names().contains(String.valueOf(className))) {
      throw new IllegalArgumentException(
          "The scheduler of the model, %s, is not supported; give another one, such as --scheduler EulerDiscreteScheduler (there are %s)"
              .formatted(Printable.value(className), String.join(", ", Schedulers.names())));
    }
    Schedulers.check(className, config, options.inferenceSteps());
    checkCacheInterval();
  }

  /** Refuses intervals that never come round, because the places of all new timesteps are odd. */
  private void checkCacheInterval() {
    if (className.equals(HEUN) && options.cacheInterval() % 2 == 0) {
      throw new IllegalArgumentException(
          "Invalid option: cache_interval is %d, it must be odd with %s, which repeats its timesteps"
              .formatted(options.cacheInterval(), HEUN));
    }
  }
}
