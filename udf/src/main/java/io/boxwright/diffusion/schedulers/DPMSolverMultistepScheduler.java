package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.diffusion.schedulers.SolverTransition.Equation;
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
final class DPMSolverMultistepScheduler extends DPMSolverScheduler {

  private static final int SHORT_RUN = 15;

  /**
   * Values of {@code algorithm_type}. As in diffusers, {@code deis}, the name of another scheduler,
   * stands for the default.
   */
  private static final List<String> ALGORITHMS =
      List.of("dpmsolver++", "dpmsolver", "sde-dpmsolver++", "sde-dpmsolver", "deis");

  private final Settings settings;

  /**
   * The settings of DPM-Solver.
   *
   * @param common the settings that every scheduler reads, with {@code rescale_betas_zero_snr}
   * @param thresholding the limit of predicted originals
   * @param algorithmType {@code algorithm_type}: one of {@link #ALGORITHMS}
   * @param solverOrder {@code solver_order}: 1 or 2, or 3 for solvers without noise
   * @param solverType {@code solver_type}: one of {@link #SOLVERS}
   * @param lowerOrderFinal {@code lower_order_final}: whether short runs end with lower orders
   * @param eulerAtFinal {@code euler_at_final}: whether every run ends with order 1
   * @param spacing the spacing of the sigmas
   * @param cosine whether {@code beta_schedule} is {@code squaredcos_cap_v2}, which cuts fractions
   *     of timesteps off
   * @param finalSigma {@code final_sigmas_type}: the noise left after the last step
   * @param lambdaMinClipped {@code lambda_min_clipped}: the log signal-to-noise ratio below which
   *     timesteps are left out
   */
  record Settings(
      CommonSettings common,
      OriginalLimit thresholding,
      String algorithmType,
      int solverOrder,
      String solverType,
      boolean lowerOrderFinal,
      boolean eulerAtFinal,
      SigmaSpacing spacing,
      boolean cosine,
      FinalSigma finalSigma,
      double lambdaMinClipped)
      implements ScaledSigmaSettings {

    Settings {
      int highest = Equation.of(algorithmType).isStochastic() ? 2 : 3;
      if (solverOrder < 1 || solverOrder > highest) {
        throw new IllegalArgumentException(
            "solver_order is %d; supported with algorithm_type %s: 1 to %d"
                .formatted(solverOrder, algorithmType, highest));
      }
      if (!Equation.of(algorithmType).predictsOriginal() && finalSigma == FinalSigma.ZERO) {
        throw new IllegalArgumentException(
            "final_sigmas_type is zero; supported with algorithm_type %s: sigma_min"
                .formatted(algorithmType));
      }
      ConfigValues.require(
          !Double.isNaN(lambdaMinClipped), "lambda_min_clipped", lambdaMinClipped, "a number");
    }

    static Settings read(SchedulerConfig config) {
      config.requireFalse("use_lu_lambdas", "use_flow_sigmas", "use_dynamic_shifting");
      ScaledSigmaSettings.refuseLearnedVariance(config);
      return new Settings(
          CommonSettings.read(
              config,
              NoiseSchedule.rescalable(config).withFiniteSigmas(),
              "linspace",
              PredictionType.values()),
          OriginalLimit.readThresholding(config),
          config.oneOf("algorithm_type", "dpmsolver++", ALGORITHMS),
          config.wholeNumber("solver_order", 2),
          config.oneOf("solver_type", "midpoint", SOLVERS),
          config.flag("lower_order_final", true),
          config.flag("euler_at_final", false),
          SigmaSpacing.read(config),
          config.text("beta_schedule").filter(NoiseSchedule.SQUARED_COSINE::equals).isPresent(),
          FinalSigma.read(config),
          config.number("lambda_min_clipped", Double.NEGATIVE_INFINITY));
    }

    @Override
    public double[] wholeTimesteps(double[] timesteps) {
      return cosine
          ? Arrays.stream(timesteps).map(Math::floor).toArray()
          : ScaledSigmaSettings.super.wholeTimesteps(timesteps);
    }

    @Override
    public double sigmaAfter(double before) {
      return finalSigma.sigma(common.noiseSchedule());
    }

    @Override
    public Scheduler newScheduler() {
      return new DPMSolverMultistepScheduler(this);
    }
  }

  private DPMSolverMultistepScheduler(Settings settings) {
    super(settings, Equation.of(settings.algorithmType()));
    this.settings = settings;
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    try (ArrayScope scope = new ArrayScope()) {
      predictions.add(prediction(modelOutput, i, sample));
      SolverTransition transition = SolverTransition.between(sigma(i), sigma(i + 1), equation);
      NDArray previous =
          switch (solverOrder(i)) {
            case 1 -> firstOrderUpdate(transition, sample);
            case 2 -> secondOrderUpdate(transition, i, sample);
            default -> thirdOrderUpdate(transition, i, sample);
          };
      return scope.keep(addNoise(previous, transition, noise));
    }
  }

  /**
   * Returns the order of step {@code i}, at most the number of predictions so far, and lower at the
   * end of a run.
   */
  private int solverOrder(int i) {
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

  private NDArray firstOrderUpdate(SolverTransition transition, NDArray sample) {
    return TorchKernels.weightedSum(
        transition.sample(), sample, -transition.phi1(), predictions.last(0));
  }

  private NDArray secondOrderUpdate(SolverTransition transition, int i, NDArray sample) {
    boolean heun = settings.solverType().equals("heun");
    double weight = heun ? transition.phi2() : transition.phi1() / 2;
    return TorchKernels.weightedSum(
        transition.sample(), sample, -transition.phi1(), predictions.last(0), -weight, slope(i, 0));
  }

  private NDArray thirdOrderUpdate(SolverTransition transition, int i, NDArray sample) {
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
}
