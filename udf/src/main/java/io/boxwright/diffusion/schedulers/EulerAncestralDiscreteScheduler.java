package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;

/**
 * diffusers' {@code EulerAncestralDiscreteScheduler}: Euler steps that go below the next noise
 * level and return to it with fresh noise.
 */
final class EulerAncestralDiscreteScheduler extends VarianceExplodingScheduler {

  /**
   * The settings of Euler ancestral.
   *
   * @param common the settings that every scheduler reads, with {@code rescale_betas_zero_snr}
   */
  record Settings(CommonSettings common) implements VarianceExplodingSettings {

    static Settings read(SchedulerConfig config) {
      return new Settings(
          CommonSettings.read(
              config,
              NoiseSchedule.rescalable(config).withFiniteSigmas(),
              "linspace",
              PredictionType.EPSILON,
              PredictionType.V_PREDICTION));
    }

    @Override
    public SigmaSpacing spacing() {
      return SigmaSpacing.OF_TIMESTEPS;
    }

    @Override
    public SigmaSteps sigmaSteps(double[] spaced) {
      return SigmaSteps.of(spaced, common.noiseSchedule().interpolateSigmas(spaced), 0);
    }

    @Override
    public Scheduler newScheduler() {
      return new EulerAncestralDiscreteScheduler(this);
    }
  }

  private EulerAncestralDiscreteScheduler(Settings settings) {
    super(settings);
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    double from = sigma(i) * sigma(i);
    double to = sigma(i + 1) * sigma(i + 1);
    double up = to * (from - to) / from;
    double sigmaDown = Math.sqrt(to - up);
    try (ArrayScope scope = new ArrayScope()) {
      NDArray derivative = derivative(modelOutput, i, sample);
      double dt = sigmaDown - sigma(i);
      return scope.keep(TorchKernels.weightedSum(1, sample, dt, derivative, Math.sqrt(up), noise));
    }
  }

  /** Returns true, also for the last step, which needs none. */
  @Override
  public boolean takesNoise(int i) {
    return true;
  }
}
