package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.diffusion.schedulers.SolverTransition.Equation;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * diffusers' {@code UniPCMultistepScheduler}: "UniPC" (Zhao et al., 2023) of order 1 to 3. With the
 * model's output of a step, it corrects the step before, without another call of the model, and
 * then predicts the next.
 */
final class UniPCMultistepScheduler extends ScaledSigmaScheduler {

  /**
   * Values of {@code solver_type}. As in diffusers, the last three, of other schedulers, stand for
   * {@code bh2}.
   */
  private static final List<String> SOLVERS = List.of("bh1", "bh2", "midpoint", "heun", "logrho");

  private final Settings settings;
  private final Equation equation;

  /** Predictions of the original, or of the noise, in the last steps. */
  private final ArrayHistory predictions = new ArrayHistory(3);

  /** The corrected latents before the last step. */
  private final ArrayHistory corrected = new ArrayHistory(1);

  /**
   * The settings of UniPC.
   *
   * @param common the settings that every scheduler reads, with {@code rescale_betas_zero_snr}
   * @param thresholding the limit of predicted originals, unless the noise is integrated
   * @param solverOrder {@code solver_order}: 1 to 3
   * @param solverType {@code solver_type}: one of {@link #SOLVERS}
   * @param predictX0 {@code predict_x0}: whether the prediction of the original is integrated, not
   *     that of the noise
   * @param lowerOrderFinal {@code lower_order_final}: whether a run ends with lower orders
   * @param disableCorrector {@code disable_corrector}: the steps, from 0, that are not corrected
   * @param spacing the spacing of the sigmas
   * @param finalSigma {@code final_sigmas_type}: the noise left after the last step
   */
  record Settings(
      CommonSettings common,
      OriginalLimit thresholding,
      int solverOrder,
      String solverType,
      boolean predictX0,
      boolean lowerOrderFinal,
      List<Integer> disableCorrector,
      SigmaSpacing spacing,
      FinalSigma finalSigma)
      implements ScaledSigmaSettings {

    Settings {
      ConfigValues.requireWithin("solver_order", solverOrder, 1, 3);
      if (!predictX0 && finalSigma == FinalSigma.ZERO) {
        throw new IllegalArgumentException(
            "final_sigmas_type is zero; supported with predict_x0 false: sigma_min");
      }
      boolean lastStepMoves = finalSigma == FinalSigma.SIGMA_MIN && spacing.followsTimesteps();
      if (!lowerOrderFinal && solverOrder > 1 && !lastStepMoves) {
        throw new IllegalArgumentException(
            "lower_order_final is false; supported with solver_order %d, unless final_sigmas_type is"
                    .formatted(solverOrder)
                + " sigma_min and sigmas are those of timesteps: true");
      }
    }

    static Settings read(SchedulerConfig config) {
      config.requireFalse("use_flow_sigmas", "use_dynamic_shifting");
      config.requireNull("solver_p", "shift_terminal");
      double[] disabled = config.numbers("disable_corrector").orElse(new double[0]);
      return new Settings(
          CommonSettings.read(
              config,
              NoiseSchedule.rescalable(config).withFiniteSigmas(),
              "linspace",
              PredictionType.values()),
          OriginalLimit.readThresholding(config),
          config.wholeNumber("solver_order", 2),
          config.oneOf("solver_type", "bh2", SOLVERS),
          config.flag("predict_x0", true),
          config.flag("lower_order_final", true),
          Arrays.stream(disabled).mapToObj(step -> (int) step).toList(),
          SigmaSpacing.read(config),
          FinalSigma.read(config));
    }

    @Override
    public double sigmaAfter(double before) {
      boolean stays = finalSigma == FinalSigma.SIGMA_MIN && !spacing.followsTimesteps();
      return stays ? before : finalSigma.sigma(common.noiseSchedule());
    }

    @Override
    public Scheduler newScheduler() {
      return new UniPCMultistepScheduler(this);
    }
  }

  private UniPCMultistepScheduler(Settings settings) {
    super(settings);
    this.settings = settings;
    equation = settings.predictX0() ? Equation.ORIGINAL : Equation.NOISE;
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray prediction = prediction(modelOutput, i, sample);
      boolean corrects = i > 0 && !settings.disableCorrector().contains(i - 1);
      NDArray before = corrects ? correct(prediction, i - 1) : sample;
      predictions.add(prediction);
      corrected.add(before);
      return scope.keep(predict(before, i));
    }
  }

  @Override
  public void close() {
    predictions.close();
    corrected.close();
  }

  private NDArray prediction(NDArray modelOutput, int i, NDArray sample) {
    return settings.predictX0()
        ? limitedOriginal(modelOutput, i, sample)
        : predictionType.noise(modelOutput, sample, level(i));
  }

  /**
   * Returns the order of step {@code i}, at most the number of predictions so far, and lower at the
   * end of a run.
   */
  private int solverOrder(int i) {
    int limit =
        settings.lowerOrderFinal()
            ? Math.min(settings.solverOrder(), length() - i)
            : settings.solverOrder();
    return Math.min(limit, i + 1);
  }

  /** Carries out step {@code i}, without the model's output at its end: UniP. */
  private NDArray predict(NDArray sample, int i) {
    SolverTransition transition = SolverTransition.between(sigma(i), sigma(i + 1), equation);
    int older = solverOrder(i) - 1;
    double[] weights =
        switch (older) {
          case 0 -> new double[0];
          case 1 -> new double[] {0.5};
          default -> solve(nodes(i, older), moments(transition.exponent(), older));
        };
    NDArray previous = TorchKernels.scale(transition.sample(), sample);
    return addPredictions(previous, transition, i, weights);
  }

  /** Carries out step {@code i} again, with the model's output at its end: UniC. */
  private NDArray correct(NDArray prediction, int i) {
    SolverTransition transition = SolverTransition.between(sigma(i), sigma(i + 1), equation);
    int order = solverOrder(i);
    double[] nodes = Arrays.copyOf(nodes(i, order - 1), order);
    nodes[order - 1] = 1;
    double[] weights =
        order == 1 ? new double[] {0.5} : solve(nodes, moments(transition.exponent(), order));
    double weight = transition.scale() * base(transition.exponent()) * weights[order - 1];
    NDArray ends =
        TorchKernels.weightedSum(
            -weight,
            prediction,
            weight,
            predictions.last(0),
            transition.sample(),
            corrected.last(0));
    return addPredictions(ends, transition, i, Arrays.copyOf(weights, order - 1));
  }

  /** Adds the newest prediction and its differences, with weights, from older ones. */
  private NDArray addPredictions(
      NDArray sum, SolverTransition transition, int i, double[] weights) {
    NDArray result = TorchKernels.weightedSum(1, sum, -transition.phi1(), predictions.last(0));
    double[] nodes = nodes(i, weights.length);
    for (int k = 0; k < weights.length; k++) {
      double weight = transition.scale() * base(transition.exponent()) * weights[k] / nodes[k];
      result =
          TorchKernels.weightedSum(
              1, result, -weight, predictions.last(k + 1), weight, predictions.last(0));
    }
    return result;
  }

  /** Returns the places in lambda of older predictions: 0 is the start of step i, 1 is its end. */
  private double[] nodes(int i, int count) {
    return IntStream.rangeClosed(1, count)
        .mapToDouble(back -> -logStep(i - back, i) / logStep(i))
        .toArray();
  }

  /** Returns the paper's B(h). */
  private double base(double exponent) {
    return settings.solverType().equals("bh1") ? exponent : Math.expm1(exponent);
  }

  /** Returns the right-hand sides of the equations that the weights solve. */
  private double[] moments(double exponent, int count) {
    double[] moments = new double[count];
    double phi = Math.expm1(exponent) / exponent - 1;
    double factorial = 1;
    for (int k = 0; k < count; k++) {
      moments[k] = phi * factorial / base(exponent);
      factorial *= k + 2;
      phi = phi / exponent - 1 / factorial;
    }
    return moments;
  }

  /**
   * Solves the equations {@code sum_j nodes[j]^k x[j] = moments[k]}: the algorithm of Bjorck and
   * Pereyra for Vandermonde matrices.
   */
  private static double[] solve(double[] nodes, double[] moments) {
    double[] x = moments.clone();
    int last = x.length - 1;
    for (int k = 0; k < last; k++) {
      for (int j = last; j > k; j--) {
        x[j] -= nodes[k] * x[j - 1];
      }
    }
    for (int k = last - 1; k >= 0; k--) {
      for (int j = k + 1; j <= last; j++) {
        x[j] /= nodes[j] - nodes[j - k - 1];
      }
      for (int j = k; j < last; j++) {
        x[j] -= x[j + 1];
      }
    }
    return x;
  }
}
