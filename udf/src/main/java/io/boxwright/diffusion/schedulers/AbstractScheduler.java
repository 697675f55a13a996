package io.boxwright.diffusion.schedulers;

/** What all schedulers share: what they read and the timesteps of a run. */
abstract class AbstractScheduler implements Scheduler {

  /** The noise the model was trained with. */
  final NoiseSchedule noiseSchedule;

  /** What the model predicts. */
  final PredictionType predictionType;

  private final CommonSettings common;
  private double[] timesteps;

  AbstractScheduler(CommonSettings common) {
    this.common = common;
    noiseSchedule = common.noiseSchedule();
    predictionType = common.predictionType();
  }

  @Override
  public final void setTimesteps(int numInferenceSteps) {
    common.requireSteps(numInferenceSteps);
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
