package io.boxwright.diffusion.schedulers;

import static java.util.Objects.requireNonNullElse;

/**
 * What all schedulers share: the configuration, the noise they were trained with, the timesteps.
 */
abstract class AbstractScheduler implements Scheduler {

  /** The noise the model was trained with. */
  final NoiseSchedule noiseSchedule;

  /** What the model predicts. */
  final PredictionType predictionType;

  /** Which timesteps are visited. */
  final TimestepSpacing timestepSpacing;

  /** {@code steps_offset}. */
  final int stepsOffset;

  private final SchedulerConfig config;
  private double[] timesteps;

  AbstractScheduler(
      SchedulerConfig config,
      NoiseSchedule noiseSchedule,
      PredictionType predictionType,
      TimestepSpacing defaultSpacing) {
    this.config = config;
    this.noiseSchedule = noiseSchedule;
    this.predictionType = predictionType;
    timestepSpacing = TimestepSpacing.of(config, defaultSpacing);
    stepsOffset = requireNonNullElse(config.stepsOffset(), 0);
  }

  @Override
  public final SchedulerConfig config() {
    return config;
  }

  @Override
  public final void setTimesteps(int numInferenceSteps) {
    if (numInferenceSteps < 1 || numInferenceSteps > noiseSchedule.size()) {
      throw new IllegalArgumentException(
          "num_inference_steps is %d, it must be from 1 to num_train_timesteps, %d"
              .formatted(numInferenceSteps, noiseSchedule.size()));
    }
    close();
    timesteps = startRun(numInferenceSteps);
  }

  @Override
  public final double[] timesteps() {
    return run().clone();
  }

  @Override
  public int noisePerRun() {
    return 0;
  }

  /** Forgets earlier steps. The scheduler may be used again after {@link #setTimesteps}. */
  @Override
  public void close() {}

  /** Works out what a run needs, and gives its timesteps. */
  abstract double[] startRun(int numInferenceSteps);

  /** How often the model is called in a run. */
  final int length() {
    return run().length;
  }

  /** The timestep of step {@code i}, for schedulers whose timesteps are whole numbers. */
  final int timestep(int i) {
    return (int) run()[i];
  }

  private double[] run() {
    if (timesteps == null) {
      throw new IllegalStateException("No timesteps: call setTimesteps first");
    }
    return timesteps;
  }
}
