package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.diffusion.schedulers.SolverTransition.Equation;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.List;

/**
 * diffusers' {@code DPMSolverSinglestepScheduler}: the singlestep forms of "DPM-Solver" and
 * "DPM-Solver++" (Lu et al., 2022). Steps come in groups of the solver's order. The first goes from
 * the group's start with order 1; the second and third start there again, with order 2 and 3.
 */
final class DPMSolverSinglestepScheduler extends DPMSolverScheduler {

  /**
   * Values of {@code algorithm_type}. As in diffusers, {@code deis}, the name of another scheduler,
   * stands for the default.
   */
  private static final List<String> ALGORITHMS =
      List.of("dpmsolver++", "dpmsolver", "sde-dpmsolver++", "deis");

  private final Settings settings;

  /** The latents at the group's start. */
  private final ArrayHistory start = new ArrayHistory(1);

  /**
   * The settings of DPM-Solver.
   *
   * @param common the settings that every scheduler reads; as in diffusers, the timesteps are
   *     always those of {@link TimestepSpacing#LINSPACE}
   * @param thresholding the limit of predicted originals
   * @param algorithmType {@code algorithm_type}: one of {@link #ALGORITHMS}
   * @param solverOrder {@code solver_order}: 1 to 3
   * @param solverType {@code solver_type}: one of {@link #SOLVERS}
   * @param lowerOrderFinal {@code lower_order_final}: whether the last step has order 1 if its
   *     group is whole; where a run ends without noise, it always has
   * @param spacing the spacing of the sigmas
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
      SigmaSpacing spacing,
      FinalSigma finalSigma,
      double lambdaMinClipped)
      implements ScaledSigmaSettings {

    Settings {
      ConfigValues.requireWithin("solver_order", solverOrder, 1, 3);
      boolean predictsNoise = !Equation.of(algorithmType).predictsOriginal();
      if (predictsNoise && finalSigma == FinalSigma.ZERO) {
        throw new IllegalArgumentException(
            "final_sigmas_type is zero; supported with algorithm_type %s: sigma_min"
                .formatted(algorithmType));
      }
      if (predictsNoise && thresholding.kind() != OriginalLimit.Kind.NONE) {
        throw new IllegalArgumentException(
            "thresholding is true; supported with algorithm_type %s: false"
                .formatted(algorithmType));
      }
      ConfigValues.require(
          !Double.isNaN(lambdaMinClipped), "lambda_min_clipped", lambdaMinClipped, "a number");
    }

    static Settings read(SchedulerConfig config) {
      config.requireFalse("use_flow_sigmas", "use_dynamic_shifting");
      ScaledSigmaSettings.refuseLearnedVariance(config);
      return new Settings(
          CommonSettings.read(
                  config, NoiseSchedule.read(config), "linspace", PredictionType.values())
              .withTimestepSpacing(TimestepSpacing.LINSPACE),
          OriginalLimit.readThresholding(config),
          config.oneOf("algorithm_type", "dpmsolver++", ALGORITHMS),
          config.wholeNumber("solver_order", 2),
          config.oneOf("solver_type", "midpoint", SOLVERS),
          config.flag("lower_order_final", false),
          SigmaSpacing.read(config),
          FinalSigma.read(config),
          config.number("lambda_min_clipped", Double.NEGATIVE_INFINITY));
    }

    @Override
    public double sigmaAfter(double before) {
      return finalSigma.sigma(common.noiseSchedule());
    }

    @Override
    public Scheduler newScheduler() {
      return new DPMSolverSinglestepScheduler(this);
    }
  }

  private DPMSolverSinglestepScheduler(Settings settings) {
    super(settings, Equation.of(settings.algorithmType()));
    this.settings = settings;
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray prediction = prediction(modelOutput, i, sample);
      predictions.add(prediction);
      int order = solverOrder(i);
      if (order == 1) {
        start.add(sample);
      }
      SolverTransition transition =
          SolverTransition.between(sigma(i - order + 1), sigma(i + 1), equation);
      double[] weights = weights(transition, i, order);
      NDArray previous =
          TorchKernels.weightedSum(weights[0], prediction, transition.sample(), start.last(0));
      for (int back = 1; back < weights.length; back++) {
        previous = TorchKernels.weightedSum(1, previous, weights[back], predictions.last(back));
      }
      return scope.keep(addNoise(previous, transition, noise));
    }
  }

  /** Frees the predictions and the latents at the group's start. */
  @Override
  public void close() {
    super.close();
    start.close();
  }

  /**
   * Returns the order of step {@code i}: its place in its group, from 1, or 1 for the last step.
   */
  private int solverOrder(int i) {
    int place = i % settings.solverOrder() + 1;
    boolean isLast = i == length() - 1;
    boolean endsWhole = place == settings.solverOrder() && settings.lowerOrderFinal();
    return isLast && (endsWhole || settings.finalSigma() == FinalSigma.ZERO) ? 1 : place;
  }

  /** Returns the weights of the predictions, the newest first. */
  private double[] weights(SolverTransition transition, int i, int order) {
    return switch (order) {
      case 1 -> new double[] {-transition.phi1()};
      case 2 -> secondOrderWeights(transition, i);
      default -> thirdOrderWeights(transition, i);
    };
  }

  private double[] secondOrderWeights(SolverTransition transition, int i) {
    double slope = isHeun() ? transition.phi2() : transition.phi1() / 2;
    double newest = -slope * logStep(i - 1, i + 1) / logStep(i - 1, i);
    return new double[] {newest, -transition.phi1() - newest};
  }

  private double[] thirdOrderWeights(SolverTransition transition, int i) {
    double h = logStep(i - 2, i + 1);
    double r0 = logStep(i - 2, i) / h;
    double r1 = logStep(i - 2, i - 1) / h;
    if (!isHeun()) {
      double newest = -transition.phi2() / r0;
      return new double[] {newest, 0, -transition.phi1() - newest};
    }
    double curvature = 2 * curvature(transition);
    double newest = (transition.phi2() * r1 - curvature) / (r0 * (r0 - r1));
    double older = (curvature - transition.phi2() * r0) / (r1 * (r0 - r1));
    return new double[] {newest, older, -transition.phi1() - newest - older};
  }

  /** Returns the third coefficient; diffusers adds 1/2 for the SDE instead of taking it off. */
  private double curvature(SolverTransition transition) {
    return equation.isStochastic() ? transition.phi3() + transition.scale() : transition.phi3();
  }

  private boolean isHeun() {
    return settings.solverType().equals("heun");
  }
}
