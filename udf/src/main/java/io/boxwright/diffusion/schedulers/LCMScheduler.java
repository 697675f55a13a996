package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;

/**
 * diffusers' {@code LCMScheduler}: multistep sampling of "Latent Consistency Models" (Luo et al.,
 * 2023). Every step predicts the original and, but for the last, adds fresh noise to it.
 */
final class LCMScheduler extends VariancePreservingScheduler {

  private static final double SIGMA_DATA = 0.5;

  private final Settings settings;

  /**
   * The settings of LCM.
   *
   * @param steps the settings that every scheduler reads, and the timesteps
   * @param limit the limit of predicted originals
   * @param timestepScaling {@code timestep_scaling}: the factor of timesteps in the boundary
   *     condition, greater than 0
   */
  record Settings(DistilledSteps steps, OriginalLimit limit, double timestepScaling)
      implements SchedulerSettings {

    Settings {
      ConfigValues.require(
          timestepScaling > 0 && Double.isFinite(timestepScaling),
          "timestep_scaling",
          timestepScaling,
          "a finite number greater than 0");
    }

    static Settings read(SchedulerConfig config) {
      return new Settings(
          DistilledSteps.read(config),
          OriginalLimit.read(config, OriginalLimit.Kind.NONE),
          config.number("timestep_scaling", 10));
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
      return new LCMScheduler(this);
    }
  }

  private LCMScheduler(Settings settings) {
    super(settings.common());
    this.settings = settings;
  }

  @Override
  double[] startRun(InferenceSteps steps) {
    return settings.timesteps(steps);
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    NoiseLevel level = NoiseLevel.variancePreserving(noiseSchedule.alphaCumprod(timestep(i)));
    double scaled = timestep(i) * settings.timestepScaling();
    double hypotenuse = Math.hypot(scaled, SIGMA_DATA);
    double skip = SIGMA_DATA / hypotenuse * SIGMA_DATA / hypotenuse;
    double out = scaled / hypotenuse;
    try (ArrayScope scope = new ArrayScope()) {
      NDArray original =
          settings.limit().apply(predictionType.original(modelOutput, sample, level));
      if (!takesNoise(i)) {
        return scope.keep(TorchKernels.weightedSum(out, original, skip, sample));
      }
      NoiseLevel next = NoiseLevel.variancePreserving(noiseSchedule.alphaCumprod(timestep(i + 1)));
      return scope.keep(
          TorchKernels.weightedSum(
              next.signal() * out, original, next.signal() * skip, sample, next.noise(), noise));
    }
  }

  /** Returns true but for the last step. */
  @Override
  public boolean takesNoise(int i) {
    return i < length() - 1;
  }
}
