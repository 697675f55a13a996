package io.boxwright.diffusion.schedulers;

import static io.boxwright.diffusion.loading.ConfigValues.require;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.List;

/**
 * diffusers' {@code EDMEulerScheduler}: Euler steps of "Elucidating the Design Space of
 * Diffusion-Based Generative Models" (Karras et al., 2022) with the paper's preconditioning,
 * without churn. Latents are originals plus noise of deviation sigma.
 *
 * <p>It serves models that were trained so. Its timesteps are the paper's {@code c_noise}, {@code
 * log(sigma) / 4}, not trained timesteps, and it does not look at betas: models with betas, such as
 * Stable Diffusion, give noise with it, as in diffusers.
 */
final class EDMEulerScheduler extends AbstractScheduler {

  private final Settings settings;
  private double[] sigmas;

  /**
   * The settings of EDM.
   *
   * @param common the settings that every scheduler reads; only the prediction type and the largest
   *     number of steps apply
   * @param sigmaMin {@code sigma_min}: the lowest sigma, greater than 0
   * @param sigmaMax {@code sigma_max}: the highest sigma, greater than {@code sigma_min}
   * @param sigmaData {@code sigma_data}: the deviation of the originals, greater than 0
   * @param sigmaSchedule {@code sigma_schedule}: {@code karras} or {@code exponential}
   * @param rho {@code rho}: the exponent of {@code karras}, greater than 0
   * @param finalSigma {@code final_sigmas_type}: the noise left after the last step: none, or that
   *     before it
   */
  record Settings(
      CommonSettings common,
      double sigmaMin,
      double sigmaMax,
      double sigmaData,
      String sigmaSchedule,
      double rho,
      FinalSigma finalSigma)
      implements SchedulerSettings {

    Settings {
      requirePositive("sigma_min", sigmaMin);
      requirePositive("sigma_max", sigmaMax);
      requirePositive("sigma_data", sigmaData);
      requirePositive("rho", rho);
      require(sigmaMin < sigmaMax, "sigma_min", sigmaMin, "less than sigma_max, " + sigmaMax);
    }

    private static void requirePositive(String key, double value) {
      require(value > 0 && Double.isFinite(value), key, value, "a finite number greater than 0");
    }

    static Settings read(SchedulerConfig config) {
      return new Settings(
          CommonSettings.read(
              config,
              NoiseSchedule.read(config),
              "linspace",
              PredictionType.EPSILON,
              PredictionType.V_PREDICTION),
          config.number("sigma_min", 0.002),
          config.number("sigma_max", 80),
          config.number("sigma_data", 0.5),
          config.oneOf("sigma_schedule", "karras", List.of("karras", "exponential")),
          config.number("rho", 7),
          FinalSigma.read(config));
    }

    /** Returns the timesteps and the noise of a run. */
    SigmaSteps steps(InferenceSteps steps) {
      double[] places = steps.sigmas().isEmpty() ? null : requirePlaces(steps.sigmaArray());
      double[] sigmas = new double[steps.number()];
      double[] timesteps = new double[sigmas.length];
      for (int i = 0; i < sigmas.length; i++) {
        sigmas[i] = (float) sigma(i, sigmas.length, places);
        timesteps[i] = (float) (0.25 * Math.log(sigmas[i]));
      }
      double last = finalSigma == FinalSigma.ZERO ? 0 : sigmas[sigmas.length - 1];
      return SigmaSteps.of(timesteps, sigmas, last);
    }

    /** Checks that given places on Karras' ramp go up from 0, the highest sigma, to 1. */
    private static double[] requirePlaces(double[] places) {
      for (int i = 0; i < places.length; i++) {
        require(
            places[i] <= 1 && (i == 0 || places[i] > places[i - 1]),
            "sigmas[%d]".formatted(i),
            places[i],
            "at most 1 and greater than the one before it: with EDMEulerScheduler, sigmas are places"
                + " on its ramp from 0, sigma_max, to 1, sigma_min");
      }
      return places;
    }

    /**
     * Returns the sigma of a step; a single exponential one is the lowest, as in diffusers.
     *
     * @param places the steps' places on Karras' ramp; null for even steps. As in diffusers, only
     *     their number matters to exponential sigmas
     */
    private double sigma(int i, int count, double[] places) {
      if (sigmaSchedule.equals("exponential")) {
        double ramp = count == 1 ? 1 : i / (double) (count - 1);
        return Math.exp(Math.log(sigmaMax) + ramp * (Math.log(sigmaMin) - Math.log(sigmaMax)));
      }
      double even = count == 1 ? 0 : i / (double) (count - 1);
      double ramp = places == null ? even : places[i];
      double rootOfMax = Math.pow(sigmaMax, 1 / rho);
      double rootOfMin = Math.pow(sigmaMin, 1 / rho);
      return Math.pow(rootOfMax + ramp * (rootOfMin - rootOfMax), rho);
    }

    @Override
    public double[] timesteps(InferenceSteps steps) {
      return steps(steps).timesteps();
    }

    @Override
    public Scheduler newScheduler() {
      return new EDMEulerScheduler(this);
    }
  }

  private EDMEulerScheduler(Settings settings) {
    super(settings.common());
    this.settings = settings;
  }

  @Override
  double[] startRun(InferenceSteps steps) {
    SigmaSteps run = settings.steps(steps);
    sigmas = run.sigmas();
    return run.timesteps();
  }

  @Override
  public double initNoiseSigma() {
    return Math.hypot(settings.sigmaMax(), 1);
  }

  @Override
  public NDArray scaleModelInput(NDArray sample, int i) {
    return TorchKernels.scale(1 / Math.hypot(sigmas[i], settings.sigmaData()), sample);
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    double sigma = sigmas[i];
    double ofData = settings.sigmaData() / Math.hypot(sigma, settings.sigmaData());
    double skip = ofData * ofData;
    double out = predictionType == PredictionType.EPSILON ? sigma * ofData : -sigma * ofData;
    double change = sigmas[i + 1] / sigma - 1;
    try (ArrayScope scope = new ArrayScope()) {
      // The original is skip * sample + out * modelOutput.
      return scope.keep(
          TorchKernels.weightedSum(1 + change * (1 - skip), sample, -change * out, modelOutput));
    }
  }

  @Override
  public double guidanceVariance(int i) {
    return sigmas[i] * sigmas[i];
  }
}
