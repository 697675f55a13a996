package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;

/**
 * diffusers' {@code DDIMScheduler}: formulas (12) and (16) of "Denoising Diffusion Implicit Models"
 * (Song, Meng and Ermon, 2020).
 */
final class DDIMScheduler extends VariancePreservingScheduler {

  private final Settings settings;
  private final double eta;
  private final double finalAlphaCumprod;
  private int stepRatio;

  /**
   * The settings of DDIM.
   *
   * @param common the settings that every scheduler reads, with {@code rescale_betas_zero_snr}
   * @param limit the limit of predicted originals
   * @param setAlphaToOne {@code set_alpha_to_one}: whether the last step ends without noise instead
   *     of with that of timestep 0
   */
  record Settings(CommonSettings common, OriginalLimit limit, boolean setAlphaToOne)
      implements SchedulerSettings {

    static Settings read(SchedulerConfig config) {
      return new Settings(
          CommonSettings.read(
              config, NoiseSchedule.rescalable(config), "leading", PredictionType.values()),
          OriginalLimit.read(config, OriginalLimit.Kind.CLIPPING),
          config.flag("set_alpha_to_one", true));
    }

    @Override
    public double[] timesteps(InferenceSteps steps) {
      return common.wholeTimesteps(steps);
    }

    @Override
    public Scheduler newScheduler() {
      return new DDIMScheduler(this, 0);
    }
  }

  private DDIMScheduler(Settings settings, double eta) {
    super(settings.common());
    ConfigValues.require(eta >= 0 && eta <= 1, "eta", eta, "between 0 and 1");
    this.settings = settings;
    this.eta = eta;
    finalAlphaCumprod = settings.setAlphaToOne() ? 1 : noiseSchedule.alphaCumprod(0);
  }

  /**
   * Makes a scheduler with the same settings that adds noise at each step.
   *
   * @param value the weight of the noise: 0 for none, 1 for as much as in DDPM
   */
  DDIMScheduler withEta(double value) {
    return new DDIMScheduler(settings, value);
  }

  @Override
  double[] startRun(InferenceSteps steps) {
    stepRatio = noiseSchedule.size() / steps.number();
    return settings.timesteps(steps);
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    double alphaCumprod = noiseSchedule.alphaCumprod(timestep(i));
    double previousAlphaCumprod = previousAlphaCumprod(i);
    NoiseLevel level = NoiseLevel.variancePreserving(alphaCumprod);
    double stdDev = eta * Math.sqrt(variance(alphaCumprod, previousAlphaCumprod));
    double direction = Math.sqrt(1 - previousAlphaCumprod - stdDev * stdDev);

    try (ArrayScope scope = new ArrayScope()) {
      NDArray original =
          settings.limit().apply(predictionType.original(modelOutput, sample, level));
      NDArray epsilon = predictionType.noise(modelOutput, sample, level);
      double signal = Math.sqrt(previousAlphaCumprod);
      return scope.keep(
          eta > 0
              ? TorchKernels.weightedSum(signal, original, direction, epsilon, stdDev, noise)
              : TorchKernels.weightedSum(signal, original, direction, epsilon));
    }
  }

  @Override
  public boolean takesNoise(int i) {
    return eta > 0;
  }

  private double previousAlphaCumprod(int i) {
    int previous = timestep(i) - stepRatio;
    return previous >= 0 ? noiseSchedule.alphaCumprod(previous) : finalAlphaCumprod;
  }

  /** Computes formula (16) for eta 1. */
  private static double variance(double alphaCumprod, double previousAlphaCumprod) {
    return (1 - previousAlphaCumprod)
        / (1 - alphaCumprod)
        * (1 - alphaCumprod / previousAlphaCumprod);
  }
}
