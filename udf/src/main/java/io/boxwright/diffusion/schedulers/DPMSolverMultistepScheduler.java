package io.boxwright.diffusion.schedulers;

import static java.util.Objects.requireNonNullElse;

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
  private static final List<String> ALGORITHMS =
      List.of("dpmsolver++", "dpmsolver", "sde-dpmsolver++", "sde-dpmsolver", "deis");

  /** Variances that the model predicts, in channels of their own. */
  private static final List<String> LEARNED = List.of("learned", "learned_range");

  private static final List<String> SOLVERS = List.of("midpoint", "heun", "logrho", "bh1", "bh2");

  private final boolean predictsOriginal;
  private final boolean stochastic;
  private final int solverOrder;
  private final boolean heun;
  private final boolean lowerOrderFinal;
  private final boolean eulerAtFinal;
  private final boolean useKarrasSigmas;
  private final FinalSigma finalSigma;

  /** Predictions of the original, or of the noise, in the last steps. */
  private final ArrayHistory predictions = new ArrayHistory(3);

  private double[] sigmas;

  DPMSolverMultistepScheduler(SchedulerConfig config) {
    super(
        config,
        NoiseSchedule.rescalable(config).withFiniteSigmas(),
        PredictionType.of(config, PredictionType.values()),
        TimestepSpacing.LINSPACE);
    refuseUnsupported(config);
    String algorithm = requireNonNullElse(config.algorithmType(), "dpmsolver++");
    UnsupportedConfig.oneOf(ALGORITHMS, "algorithm_type", algorithm);
    // "deis", "logrho", "bh1" and "bh2" come from other schedulers' configurations, and stand for
    // the default here.
    predictsOriginal = algorithm.endsWith("++") || algorithm.equals("deis");
    stochastic = algorithm.startsWith("sde-");
    solverOrder = requireNonNullElse(config.solverOrder(), 2);
    String solver = requireNonNullElse(config.solverType(), "midpoint");
    heun = UnsupportedConfig.oneOf(SOLVERS, "solver_type", solver).equals("heun");
    lowerOrderFinal = requireNonNullElse(config.lowerOrderFinal(), true);
    eulerAtFinal = requireNonNullElse(config.eulerAtFinal(), false);
    useKarrasSigmas = requireNonNullElse(config.useKarrasSigmas(), false);
    finalSigma = FinalSigma.of(config);
    checkCombination(algorithm);
  }

  private static void refuseUnsupported(SchedulerConfig config) {
    UnsupportedConfig.refuse("thresholding", config.thresholding());
    UnsupportedConfig.refuse("use_exponential_sigmas", config.useExponentialSigmas());
    UnsupportedConfig.refuse("use_beta_sigmas", config.useBetaSigmas());
    UnsupportedConfig.refuse("use_lu_lambdas", config.useLuLambdas());
    UnsupportedConfig.refuse("use_flow_sigmas", config.useFlowSigmas());
    UnsupportedConfig.refuse("use_dynamic_shifting", config.useDynamicShifting());
    if (LEARNED.contains(String.valueOf(config.varianceType()))) {
      throw new IllegalArgumentException(
          "variance_type is %s, supported are those that are not learned"
              .formatted(config.varianceType()));
    }
  }

  private void checkCombination(String algorithm) {
    int highest = stochastic ? 2 : 3;
    if (solverOrder < 1 || solverOrder > highest) {
      throw new IllegalArgumentException(
          "solver_order is %d, supported with algorithm_type %s is 1 to %d"
              .formatted(solverOrder, algorithm, highest));
    }
    if (!predictsOriginal && finalSigma == FinalSigma.ZERO) {
      throw new IllegalArgumentException(
          "final_sigmas_type is zero, supported with algorithm_type %s is sigma_min"
              .formatted(algorithm));
    }
  }

  @Override
  double[] startRun(int numInferenceSteps) {
    double[] timesteps = spacedTimesteps(numInferenceSteps);
    double[] spacedSigmas = noiseSchedule.interpolateSigmas(timesteps);
    if (useKarrasSigmas) {
      spacedSigmas = karrasSigmas(numInferenceSteps);
      timesteps = wholeTimesteps(noiseSchedule.timestepsOf(spacedSigmas));
    }
    double last = finalSigma.sigma(noiseSchedule);
    sigmas =
        Arrays.stream(SigmaSteps.of(timesteps, spacedSigmas, last).requireFalling().sigmas())
            .map(sigma -> (float) sigma)
            .toArray();
    return timesteps;
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

  /** One a step for the SDE solvers. */
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

  /** One timestep more than there are steps, less the lowest; trailing has no such extra one. */
  private double[] spacedTimesteps(int count) {
    int trained =
        noiseSchedule.countAboveLambda(
            requireNonNullElse(config().lambdaMinClipped(), Double.NEGATIVE_INFINITY));
    ConfigValues.require(
        trained > 0,
        "lambda_min_clipped",
        config().lambdaMinClipped(),
        "so small that timesteps are left");
    if (timestepSpacing == TimestepSpacing.TRAILING) {
      return TimestepSpacing.trailing(trained, noiseSchedule.size() / (double) count);
    }
    double[] spaced = timestepSpacing.timesteps(trained, count + 1, stepsOffset);
    return Arrays.stream(spaced).limit(count).map(Math::rint).toArray();
  }

  private double[] karrasSigmas(int count) {
    double max =
        requireNonNullElse(config().sigmaMax(), noiseSchedule.sigma(noiseSchedule.size() - 1));
    double min = requireNonNullElse(config().sigmaMin(), noiseSchedule.sigma(0));
    return KarrasSigmas.between(max, min, count);
  }

  /** Rounded, except that diffusers cuts fractions off where the betas are those of a cosine. */
  private double[] wholeTimesteps(double[] timesteps) {
    boolean cosine = "squaredcos_cap_v2".equals(config().betaSchedule());
    return Arrays.stream(timesteps).map(cosine ? Math::floor : Math::rint).toArray();
  }

  private NDArray prediction(NDArray modelOutput, int i, NDArray sample) {
    NoiseLevel level = NoiseLevel.ofScaledSigma(sigmas[i]);
    return predictsOriginal
        ? predictionType.original(modelOutput, sample, level)
        : predictionType.noise(modelOutput, sample, level);
  }

  /** The order of step {@code i}: as many predictions as there are, fewer at the end of a run. */
  private int order(int i) {
    int stepsLeft = length() - i;
    boolean lower = lowerOrderFinal && length() < SHORT_RUN;
    int limit = solverOrder;
    if (stepsLeft == 1 && (lower || eulerAtFinal || finalSigma == FinalSigma.ZERO)) {
      limit = 1;
    } else if (stepsLeft == 2 && lower) {
      limit = 2;
    }
    return Math.min(Math.min(solverOrder, limit), i + 1);
  }

  private NDArray firstOrderUpdate(Transition transition, NDArray sample) {
    return TorchKernels.weightedSum(
        transition.sample(), sample, -transition.phi1(), predictions.last(0));
  }

  private NDArray secondOrderUpdate(Transition transition, int i, NDArray sample) {
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

  /** By how much the predictions changed, {@code back} steps ago, per length of step {@code i}. */
  private NDArray slope(int i, int back) {
    double inverse = logStep(i) / logStep(i - 1 - back);
    return TorchKernels.weightedSum(
        inverse, predictions.last(back), -inverse, predictions.last(back + 1));
  }

  /** The length of step {@code i} in {@code lambda = log(alpha_t / sigma_t)}, the papers' h. */
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
   * @param sample of the latents before it
   * @param scale common factor of the phis
   * @param exponent of the integrated exponential: h, -h or -2h
   * @param noise of fresh noise, for the SDE solvers
   */
  private record Transition(double sample, double scale, double exponent, double noise) {

    /** Of the newest prediction. */
    double phi1() {
      return scale * Math.expm1(exponent);
    }

    /** Of its first derivative. */
    double phi2() {
      return scale * (Math.expm1(exponent) / exponent - 1);
    }

    /** Of its second derivative. */
    double phi3() {
      double remainder = Math.expm1(exponent) - exponent;
      return scale * (remainder / (exponent * exponent) - 0.5);
    }
  }
}
