package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.Arrays;
import java.util.List;

/**
 * diffusers' {@code DPMSolverMultistepScheduler}: "DPM-Solver" (Lu et al., 2022, {@code dpmsolver}:
 * integrates the noise prediction) and "DPM-Solver++" (Lu et al., 2022, {@code dpmsolver++}:
 * integrates the prediction of the original), as ODE solvers of order 1 to 3 or, with the prefix
 * {@code sde-}, as SDE solvers of order 1 or 2.
 */
final class DPMSolverMultistepScheduler extends VariancePreservingScheduler {

  private static final int SHORT_RUN = 15;

  /**
   * Values of {@code algorithm_type}. As in diffusers, {@code deis}, the name of another scheduler,
   * stands for the default.
   */
  private static final List<String> ALGORITHMS =
      List.of("dpmsolver++", "dpmsolver", "sde-dpmsolver++", "sde-dpmsolver", "deis");

  /** Values of {@code variance_type} of models that predict variances in channels of their own. */
  private static final List<String> LEARNED = List.of("learned", "learned_range");

  /**
   * Values of {@code solver_type}. As in diffusers, the last three, of other schedulers, stand for
   * the first.
   */
  private static final List<String> SOLVERS = List.of("midpoint", "heun", "logrho", "bh1", "bh2");

  private final Settings settings;
  private final boolean predictsOriginal;
  private final boolean stochastic;

  /** Predictions of the original, or of the noise, in the last steps. */
  private final ArrayHistory predictions = new ArrayHistory(3);

  private double[] sigmas;

  /**
   * The settings of DPM-Solver.
   *
   * @param common the settings that every scheduler reads, with {@code rescale_betas_zero_snr}
   * @param algorithmType {@code algorithm_type}: one of {@link #ALGORITHMS}
   * @param solverOrder {@code solver_order}: 1 or 2, or 3 for solvers without noise
   * @param solverType {@code solver_type}: one of {@link #SOLVERS}
   * @param lowerOrderFinal {@code lower_order_final}: whether short runs end with lower orders
   * @param eulerAtFinal {@code euler_at_final}: whether every run ends with order 1
   * @param useKarrasSigmas {@code use_karras_sigmas}: whether steps are spaced like {@link
   *     KarrasSigmas}
   * @param karrasSigmas {@code sigma_min} and {@code sigma_max}
   * @param cosine whether {@code beta_schedule} is {@code squaredcos_cap_v2}
   * @param finalSigma {@code final_sigmas_type}: the noise left after the last step
   * @param lambdaMinClipped {@code lambda_min_clipped}: the log signal-to-noise ratio below which
   *     timesteps are left out
   */
  record Settings(
      CommonSettings common,
      String algorithmType,
      int solverOrder,
      String solverType,
      boolean lowerOrderFinal,
      boolean eulerAtFinal,
      boolean useKarrasSigmas,
      KarrasSigmas karrasSigmas,
      boolean cosine,
      FinalSigma finalSigma,
      double lambdaMinClipped)
      implements SchedulerSettings {

    Settings {
      int highest = isStochastic(algorithmType) ? 2 : 3;
      if (solverOrder < 1 || solverOrder > highest) {
        throw new IllegalArgumentException(
            "solver_order is %d; supported with algorithm_type %s: 1 to %d"
                .formatted(solverOrder, algorithmType, highest));
      }
      if (!predictsOriginal(algorithmType) && finalSigma == FinalSigma.ZERO) {
        throw new IllegalArgumentException(
            "final_sigmas_type is zero; supported with algorithm_type %s: sigma_min"
                .formatted(algorithmType));
      }
      ConfigValues.require(
          !Double.isNaN(lambdaMinClipped), "lambda_min_clipped", lambdaMinClipped, "a number");
    }

    static Settings read(SchedulerConfig config) {
      config.requireFalse(
          "thresholding",
          "use_exponential_sigmas",
          "use_beta_sigmas",
          "use_lu_lambdas",
          "use_flow_sigmas",
          "use_dynamic_shifting");
      refuseLearnedVariance(config);
      return new Settings(
          CommonSettings.read(
              config,
              NoiseSchedule.rescalable(config).withFiniteSigmas(),
              "linspace",
              PredictionType.values()),
          config.oneOf("algorithm_type", "dpmsolver++", ALGORITHMS),
          config.wholeNumber("solver_order", 2),
          config.oneOf("solver_type", "midpoint", SOLVERS),
          config.flag("lower_order_final", true),
          config.flag("euler_at_final", false),
          config.flag("use_karras_sigmas", false),
          KarrasSigmas.read(config),
          config.text("beta_schedule").filter(NoiseSchedule.SQUARED_COSINE::equals).isPresent(),
          FinalSigma.read(config),
          config.number("lambda_min_clipped", Double.NEGATIVE_INFINITY));
    }

    private static void refuseLearnedVariance(SchedulerConfig config) {
      config
          .text("variance_type")
          .filter(LEARNED::contains)
          .ifPresent(
              learned -> {
                throw new IllegalArgumentException(
                    "variance_type is %s; supported: types that are not learned"
                        .formatted(learned));
              });
    }

    /** Returns the timesteps and the noise of a run. */
    SigmaSteps steps(int numInferenceSteps) {
      NoiseSchedule noise = common.noiseSchedule();
      double[] timesteps = spacedTimesteps(numInferenceSteps);
      double[] spacedSigmas = noise.interpolateSigmas(timesteps);
      if (useKarrasSigmas) {
        spacedSigmas =
            karrasSigmas.orBetween(
                noise.sigma(noise.size() - 1), noise.sigma(0), numInferenceSteps);
        timesteps = wholeTimesteps(noise.timestepsOf(spacedSigmas));
      }
      SigmaSteps steps = SigmaSteps.of(timesteps, spacedSigmas, finalSigma.sigma(noise));
      return new SigmaSteps(timesteps, SigmaSteps.toFloat32(steps.requireFalling().sigmas()));
    }

    /**
     * Spaces one timestep more than there are steps and drops the lowest; trailing spacing has no
     * extra one.
     */
    private double[] spacedTimesteps(int count) {
      int trained = common.noiseSchedule().countAboveLambda(lambdaMinClipped);
      ConfigValues.require(
          trained > 0, "lambda_min_clipped", lambdaMinClipped, "so small that timesteps are left");
      if (common.timestepSpacing() == TimestepSpacing.TRAILING) {
        return TimestepSpacing.trailing(trained, common.noiseSchedule().size() / (double) count);
      }
      double[] spaced =
          common.timestepSpacing().timesteps(trained, count + 1, common.stepsOffset());
      return Arrays.stream(spaced).limit(count).map(Math::rint).toArray();
    }

    /**
     * Rounds timesteps; as in diffusers, cuts fractions off where the betas are those of a cosine.
     */
    private double[] wholeTimesteps(double[] timesteps) {
      return Arrays.stream(timesteps).map(cosine ? Math::floor : Math::rint).toArray();
    }

    @Override
    public double[] timesteps(int numInferenceSteps) {
      return steps(numInferenceSteps).timesteps();
    }

    @Override
    public Scheduler newScheduler() {
      return new DPMSolverMultistepScheduler(this);
    }
  }

  private DPMSolverMultistepScheduler(Settings settings) {
    super(settings.common());
    this.settings = settings;
    predictsOriginal = predictsOriginal(settings.algorithmType());
    stochastic = isStochastic(settings.algorithmType());
  }

  private static boolean predictsOriginal(String algorithmType) {
    return algorithmType.endsWith("++") || algorithmType.equals("deis");
  }

  private static boolean isStochastic(String algorithmType) {
    return algorithmType.startsWith("sde-");
  }

  @Override
  double[] startRun(int numInferenceSteps) {
    SigmaSteps steps = settings.steps(numInferenceSteps);
    sigmas = steps.sigmas();
    return steps.timesteps();
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    try (ArrayScope scope = new ArrayScope()) {
      predictions.add(prediction(modelOutput, i, sample));
      Transition transition = transition(i);
      NDArray previous =
          switch (order(i)) {
            case 1 -> firstOrderUpdate(transition, sample);
            case 2 -> secondOrderUpdate(transition, i, sample);
            default -> thirdOrderUpdate(transition, i, sample);
          };
      return scope.keep(
          stochastic ? TorchKernels.weightedSum(1, previous, transition.noise(), noise) : previous);
    }
  }

  /** Returns one for each step of an SDE solver, otherwise 0. */
  @Override
  public int noisePerRun() {
    return stochastic ? length() : 0;
  }

  @Override
  public double guidanceVariance(int i) {
    double noise = NoiseLevel.ofScaledSigma(sigmas[i]).noise();
    return noise * noise;
  }

  @Override
  public void close() {
    predictions.close();
  }

  private NDArray prediction(NDArray modelOutput, int i, NDArray sample) {
    NoiseLevel level = NoiseLevel.ofScaledSigma(sigmas[i]);
    return predictsOriginal
        ? predictionType.original(modelOutput, sample, level)
        : predictionType.noise(modelOutput, sample, level);
  }

  /**
   * Returns the order of step {@code i}, at most the number of predictions so far, and lower at the
   * end of a run.
   */
  private int order(int i) {
    int stepsLeft = length() - i;
    boolean lower = settings.lowerOrderFinal() && length() < SHORT_RUN;
    int limit = settings.solverOrder();
    boolean endsAtZero = settings.finalSigma() == FinalSigma.ZERO;
    if (stepsLeft == 1 && (lower || settings.eulerAtFinal() || endsAtZero)) {
      limit = 1;
    } else if (stepsLeft == 2 && lower) {
      limit = 2;
    }
    return Math.min(Math.min(settings.solverOrder(), limit), i + 1);
  }

  private NDArray firstOrderUpdate(Transition transition, NDArray sample) {
    return TorchKernels.weightedSum(
        transition.sample(), sample, -transition.phi1(), predictions.last(0));
  }

  private NDArray secondOrderUpdate(Transition transition, int i, NDArray sample) {
    boolean heun = settings.solverType().equals("heun");
    double weight = heun ? transition.phi2() : transition.phi1() / 2;
    return TorchKernels.weightedSum(
        transition.sample(), sample, -transition.phi1(), predictions.last(0), -weight, slope(i, 0));
  }

  private NDArray thirdOrderUpdate(Transition transition, int i, NDArray sample) {
    double r0 = logStep(i - 1) / logStep(i);
    double r1 = logStep(i - 2) / logStep(i);
    NDArray newer = slope(i, 0);
    NDArray older = slope(i, 1);
    double weight = r0 / (r0 + r1);
    NDArray first = TorchKernels.weightedSum(1 + weight, newer, -weight, older);
    NDArray second = TorchKernels.weightedSum(1 / (r0 + r1), newer, -1 / (r0 + r1), older);
    return TorchKernels.weightedSum(
        transition.sample(), sample,
        -transition.phi1(), predictions.last(0),
        -transition.phi2(), first,
        -transition.phi3(), second);
  }

  /** Returns the change of the predictions {@code back} steps ago, per length of step {@code i}. */
  private NDArray slope(int i, int back) {
    double inverse = logStep(i) / logStep(i - 1 - back);
    return TorchKernels.weightedSum(
        inverse, predictions.last(back), -inverse, predictions.last(back + 1));
  }

  /**
   * Returns the length of step {@code i} in {@code lambda = log(alpha_t / sigma_t)}, the papers' h.
   */
  private double logStep(int i) {
    return Math.log(sigmas[i]) - Math.log(sigmas[i + 1]);
  }

  private Transition transition(int i) {
    NoiseLevel from = NoiseLevel.ofScaledSigma(sigmas[i]);
    NoiseLevel to = NoiseLevel.ofScaledSigma(sigmas[i + 1]);
    double h = logStep(i);
    double times = stochastic ? 2 : 1;
    if (predictsOriginal) {
      double sample = to.noise() / from.noise() * (stochastic ? Math.exp(-h) : 1);
      double noise = to.noise() * Math.sqrt(-Math.expm1(-2 * h));
      return new Transition(sample, to.signal(), -times * h, noise);
    }
    double noise = to.noise() * Math.sqrt(Math.expm1(2 * h));
    return new Transition(to.signal() / from.signal(), times * to.noise(), h, noise);
  }

  /**
   * The coefficients of one step.
   *
   * @param sample the coefficient of the latents before the step
   * @param scale the common factor of the phis
   * @param exponent the exponent of the integrated exponential: h, -h or -2h
   * @param noise the coefficient of fresh noise, for the SDE solvers
   */
  private record Transition(double sample, double scale, double exponent, double noise) {

    /** Returns the coefficient of the newest prediction. */
    double phi1() {
      return scale * Math.expm1(exponent);
    }

    /** Returns the coefficient of its first derivative. */
    double phi2() {
      return scale * (Math.expm1(exponent) / exponent - 1);
    }

    /** Returns the coefficient of its second derivative. */
    double phi3() {
      double remainder = Math.expm1(exponent) - exponent;
      return scale * (remainder / (exponent * exponent) - 0.5);
    }
  }
}
