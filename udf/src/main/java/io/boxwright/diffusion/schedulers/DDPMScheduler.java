package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.List;

/**
 * diffusers' {@code DDPMScheduler}: formula (7) of "Denoising Diffusion Probabilistic Models" (Ho,
 * Jain and Abbeel, 2020), with fresh noise in every step.
 */
final class DDPMScheduler extends VariancePreservingScheduler {

  private static final double LEAST_VARIANCE = 1e-20;

  private final Settings settings;

  /**
   * The settings of DDPM.
   *
   * @param common the settings that every scheduler reads, with {@code rescale_betas_zero_snr}
   * @param limit the limit of predicted originals
   * @param largeVariance whether {@code variance_type} is {@code fixed_large}, not {@code
   *     fixed_small}
   */
  record Settings(CommonSettings common, OriginalLimit limit, boolean largeVariance)
      implements SchedulerSettings {

    static Settings read(SchedulerConfig config) {
      List<String> types = List.of("fixed_small", "fixed_small_log", "fixed_large");
      return new Settings(
          CommonSettings.read(
              config, NoiseSchedule.rescalable(config), "leading", PredictionType.values()),
          OriginalLimit.read(config, OriginalLimit.Kind.CLIPPING),
          config.oneOf("variance_type", "fixed_small", types).equals("fixed_large"));
    }

    @Override
    public double[] timesteps(InferenceSteps steps) {
      return common.wholeTimesteps(steps);
    }

    @Override
    public Scheduler newScheduler() {
      return new DDPMScheduler(this);
    }
  }

  private DDPMScheduler(Settings settings) {
    super(settings.common());
    this.settings = settings;
  }

  @Override
  double[] startRun(InferenceSteps steps) {
    return settings.timesteps(steps);
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    double alphaCumprod = noiseSchedule.alphaCumprod(timestep(i));
    double previous = i + 1 < length() ? noiseSchedule.alphaCumprod(timestep(i + 1)) : 1;
    double alpha = alphaCumprod / previous;
    double beta = 1 - alpha;
    double ofOriginal = Math.sqrt(previous) * beta / (1 - alphaCumprod);
    double ofSample = Math.sqrt(alpha) * (1 - previous) / (1 - alphaCumprod);
    try (ArrayScope scope = new ArrayScope()) {
      NoiseLevel level = NoiseLevel.variancePreserving(alphaCumprod);
      NDArray original =
          settings.limit().apply(predictionType.original(modelOutput, sample, level));
      if (!takesNoise(i)) {
        return scope.keep(TorchKernels.weightedSum(ofOriginal, original, ofSample, sample));
      }
      double small = Math.max((1 - previous) / (1 - alphaCumprod) * beta, LEAST_VARIANCE);
      double stdDev = Math.sqrt(settings.largeVariance() ? beta : small);
      return scope.keep(
          TorchKernels.weightedSum(ofOriginal, original, ofSample, sample, stdDev, noise));
    }
  }

  /** Returns true but for timestep 0. */
  @Override
  public boolean takesNoise(int i) {
    return timestep(i) > 0;
  }
}
