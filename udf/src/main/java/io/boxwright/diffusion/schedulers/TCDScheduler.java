package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;

/**
 * diffusers' {@code TCDScheduler}: strategic stochastic sampling of "Trajectory Consistency
 * Distillation" (Zheng et al., 2024). A step goes below the next noise level and returns to it with
 * fresh noise; eta, the paper's gamma, says how far.
 */
final class TCDScheduler extends VariancePreservingScheduler {

  private final Settings settings;
  private final double eta;

  /**
   * The settings of TCD. As in diffusers, originals are not limited.
   *
   * @param steps the settings that every scheduler reads, and the timesteps
   */
  record Settings(DistilledSteps steps) implements SchedulerSettings {

    static Settings read(SchedulerConfig config) {
      return new Settings(DistilledSteps.read(config));
    }

    @Override
    public CommonSettings common() {
      return steps.common();
    }

    @Override
    public double[] timesteps(InferenceSteps chosen) {
      return steps.timesteps(chosen);
    }

    @Override
    public Scheduler newScheduler() {
      return new TCDScheduler(this, 0);
    }
  }

  private TCDScheduler(Settings settings, double eta) {
    super(settings.common());
    ConfigValues.require(eta >= 0 && eta <= 1, "eta", eta, "between 0 and 1");
    this.settings = settings;
    this.eta = eta;
  }

  /**
   * Makes a scheduler with the same settings that adds noise at each step but the last.
   *
   * @param value 0 for no noise, 1 for steps that go to the original and back
   */
  TCDScheduler withEta(double value) {
    return new TCDScheduler(settings, value);
  }

  @Override
  double[] startRun(InferenceSteps steps) {
    return settings.timesteps(steps);
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    int next = i + 1 < length() ? timestep(i + 1) : 0;
    int lower = (int) ((float) (1 - eta) * next); // in float32, as in diffusers
    NoiseLevel from = NoiseLevel.variancePreserving(noiseSchedule.alphaCumprod(timestep(i)));
    NoiseLevel to = NoiseLevel.variancePreserving(noiseSchedule.alphaCumprod(lower));
    try (ArrayScope scope = new ArrayScope()) {
      NDArray original = predictionType.original(modelOutput, sample, from);
      NDArray epsilon = predictionType.noise(modelOutput, sample, from);
      if (!takesNoise(i)) {
        return scope.keep(TorchKernels.weightedSum(to.signal(), original, to.noise(), epsilon));
      }
      double kept = noiseSchedule.alphaCumprod(next) / noiseSchedule.alphaCumprod(lower);
      return scope.keep(
          TorchKernels.weightedSum(
              Math.sqrt(kept) * to.signal(),
              original,
              Math.sqrt(kept) * to.noise(),
              epsilon,
              Math.sqrt(1 - kept),
              noise));
    }
  }

  /** Returns true but for the last step, if eta is above 0. */
  @Override
  public boolean takesNoise(int i) {
    return eta > 0 && i < length() - 1;
  }
}
