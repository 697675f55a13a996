package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.Arrays;
import java.util.List;

/**
 * diffusers' {@code EulerDiscreteScheduler}: algorithm 2 of "Elucidating the Design Space of
 * Diffusion-Based Generative Models" (Karras et al., 2022) without its second-order correction and
 * without churn.
 */
final class EulerDiscreteScheduler extends VarianceExplodingScheduler {

  /**
   * The settings of Euler.
   *
   * @param common the settings that every scheduler reads, with {@code rescale_betas_zero_snr}
   * @param interpolationType {@code interpolation_type}: {@code linear} or {@code log_linear}
   * @param spacing the spacing of the sigmas
   * @param finalSigma {@code final_sigmas_type}: the noise left after the last step
   */
  record Settings(
      CommonSettings common, String interpolationType, SigmaSpacing spacing, FinalSigma finalSigma)
      implements VarianceExplodingSettings {

    static Settings read(SchedulerConfig config) {
      config.oneOf("timestep_type", "discrete", List.of("discrete"));
      return new Settings(
          CommonSettings.read(
              config,
              NoiseSchedule.rescalable(config).withFiniteSigmas(),
              "linspace",
              PredictionType.values()),
          config.oneOf("interpolation_type", "linear", List.of("linear", "log_linear")),
          SigmaSpacing.read(config),
          FinalSigma.read(config));
    }

    @Override
    public SigmaSteps steps(InferenceSteps chosen) {
      return chosen.sigmas().isEmpty()
          ? VarianceExplodingSettings.super.steps(chosen)
          : stepsThrough(SigmaSteps.toFloat32(chosen.sigmaArray()));
    }

    /** Returns the steps through given sigmas; the last is the noise left after the last step. */
    private SigmaSteps stepsThrough(double[] sigmas) {
      if (sigmas.length == 1) {
        throw new IllegalArgumentException(
            "sigmas has 1 value, it must have at least 2: the last is the noise after the last step");
      }
      for (int i = 1; i < sigmas.length; i++) {
        ConfigValues.require(
            sigmas[i] < sigmas[i - 1],
            "sigmas[%d]".formatted(i),
            sigmas[i],
            "less than the one before it");
      }
      double[] before = Arrays.copyOf(sigmas, sigmas.length - 1);
      return new SigmaSteps(
          SigmaSteps.toFloat32(common.noiseSchedule().timestepsOf(before)), sigmas);
    }

    @Override
    public SigmaSteps sigmaSteps(double[] spaced) {
      NoiseSchedule noise = common.noiseSchedule();
      double[] sigmas =
          interpolationType.equals("log_linear")
              ? noise.logLinearSigmas(spaced.length + 1)
              : noise.interpolateSigmas(spaced);
      double last = finalSigma.sigma(noise);
      if (spacing.followsTimesteps()) {
        return SigmaSteps.of(spaced, sigmas, last);
      }
      double[] others = spacing.orBetween(sigmas[0], sigmas[sigmas.length - 1], spaced.length);
      return SigmaSteps.of(noise.timestepsOf(others), others, last);
    }

    @Override
    public Scheduler newScheduler() {
      return new EulerDiscreteScheduler(this);
    }
  }

  private EulerDiscreteScheduler(Settings settings) {
    super(settings);
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray derivative = derivative(modelOutput, i, sample);
      double dt = sigma(i + 1) - sigma(i);
      return scope.keep(TorchKernels.weightedSum(1, sample, dt, derivative));
    }
  }
}
