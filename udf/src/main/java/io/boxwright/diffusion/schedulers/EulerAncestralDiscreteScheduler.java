package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;

/**
 * diffusers' {@code EulerAncestralDiscreteScheduler}: Euler steps that go down further than the
 * next noise level and come back up to it with fresh noise.
 */
final class EulerAncestralDiscreteScheduler extends VarianceExplodingScheduler {

  /**
   * What Euler ancestral reads.
   *
   * @param common what every scheduler reads; {@code rescale_betas_zero_snr}, too
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

  /** One a step, the last one, which does not need any, included. */
  @Override
  public int noisePerRun() {
    return length();
  }
}
