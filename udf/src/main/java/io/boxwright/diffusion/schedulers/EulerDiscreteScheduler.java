package io.boxwright.diffusion.schedulers;

import static java.util.Objects.requireNonNullElse;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.List;

/**
 * diffusers' {@code EulerDiscreteScheduler}: algorithm 2 of "Elucidating the Design Space of
 * Diffusion-Based Generative Models" (Karras et al., 2022) without its second-order correction and
 * without churn.
 */
final class EulerDiscreteScheduler extends VarianceExplodingScheduler {

  private final boolean logLinear;
  private final boolean useKarrasSigmas;
  private final FinalSigma finalSigma;

  EulerDiscreteScheduler(SchedulerConfig config) {
    super(
        config,
        NoiseSchedule.rescalable(config).withFiniteSigmas(),
        PredictionType.of(config, PredictionType.values()));
    UnsupportedConfig.refuse("use_exponential_sigmas", config.useExponentialSigmas());
    UnsupportedConfig.refuse("use_beta_sigmas", config.useBetaSigmas());
    UnsupportedConfig.oneOf(
        List.of("discrete"),
        "timestep_type",
        requireNonNullElse(config.timestepType(), "discrete"));
    String interpolation = requireNonNullElse(config.interpolationType(), "linear");
    UnsupportedConfig.oneOf(List.of("linear", "log_linear"), "interpolation_type", interpolation);
    logLinear = interpolation.equals("log_linear");
    useKarrasSigmas = requireNonNullElse(config.useKarrasSigmas(), false);
    finalSigma = FinalSigma.of(config);
  }

  @Override
  SigmaSteps sigmaSteps(double[] spaced) {
    double[] sigmas =
        logLinear
            ? noiseSchedule.logLinearSigmas(spaced.length + 1)
            : noiseSchedule.interpolateSigmas(spaced);
    double last = finalSigma.sigma(noiseSchedule);
    if (!useKarrasSigmas) {
      return SigmaSteps.of(spaced, sigmas, last);
    }
    double max = requireNonNullElse(config().sigmaMax(), sigmas[0]);
    double min = requireNonNullElse(config().sigmaMin(), sigmas[sigmas.length - 1]);
    double[] karras = KarrasSigmas.between(max, min, spaced.length);
    return SigmaSteps.of(noiseSchedule.timestepsOf(karras), karras, last);
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
