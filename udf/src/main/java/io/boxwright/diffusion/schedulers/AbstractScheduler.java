package io.boxwright.diffusion.schedulers;

import java.util.stream.IntStream;

/** The base of all schedulers: the settings that they read and the timesteps of a run. */
abstract class AbstractScheduler implements Scheduler {

  /** The noise that the model was trained with. */
  final NoiseSchedule noiseSchedule;

  /** The quantity that the model predicts. */
  final PredictionType predictionType;

  private final CommonSettings common;
  private double[] timesteps;

  AbstractScheduler(CommonSettings common) {
    this.common = common;
    noiseSchedule = common.noiseSchedule();
    predictionType = common.predictionType();
  }

  @Override
  public final void setTimesteps(InferenceSteps steps) {
    steps.requireTakenBy(getClass().getSimpleName());
    common.requireSteps(steps);
    close();
    timesteps = startRun(steps);
  }

  @Override
  public final double[] timesteps() {
    return requireTimesteps().clone();
  }

  @Override
  public int order() {
    return 1;
  }

  @Override
  public final int noisePerRun() {
    return (int) IntStream.range(0, length()).filter(this::takesNoise).count();
  }

  @Override
  public boolean takesNoise(int i) {
    return false;
  }

  /**
   * Forgets earlier steps. The scheduler may be used again after {@link
   * #setTimesteps(InferenceSteps)}.
   */
  @Override
  public void close() {}

  /** Prepares a run and returns its timesteps. */
  abstract double[] startRun(InferenceSteps steps);

  /** Returns how often the model is called in a run. */
  final int length() {
    return requireTimesteps().length;
  }

  /** Returns the timestep of step {@code i}, for schedulers whose timesteps are whole numbers. */
  final int timestep(int i) {
    return (int) requireTimesteps()[i];
  }

  private double[] requireTimesteps() {
    if (timesteps == null) {
      throw new IllegalStateException("No timesteps: call setTimesteps first");
    }
    return timesteps;
  }
}
