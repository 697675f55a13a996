package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.List;

/**
 * diffusers' {@code DEISMultistepScheduler}: "Fast Sampling of Diffusion Models with Exponential
 * Integrator" (Zhang and Chen, 2022) of order 1 to 3. It integrates the polynomial in {@code log
 * sigma} through the noise predictions of the last steps. A run ends with the noise of timestep 0.
 */
final class DEISMultistepScheduler extends ScaledSigmaScheduler {

  private static final int SHORT_RUN = 15;

  private final Settings settings;

  /** Predictions of the noise in the last steps. */
  private final ArrayHistory predictions = new ArrayHistory(3);

  /**
   * The settings of DEIS.
   *
   * @param common the settings that every scheduler reads
   * @param thresholding the limit of predicted originals
   * @param solverOrder {@code solver_order}: 1 to 3
   * @param lowerOrderFinal {@code lower_order_final}: whether runs of fewer than 15 steps end with
   *     lower orders
   * @param spacing the spacing of the sigmas
   */
  record Settings(
      CommonSettings common,
      OriginalLimit thresholding,
      int solverOrder,
      boolean lowerOrderFinal,
      SigmaSpacing spacing)
      implements ScaledSigmaSettings {

    Settings {
      ConfigValues.requireWithin("solver_order", solverOrder, 1, 3);
    }

    static Settings read(SchedulerConfig config) {
      config.requireFalse("use_flow_sigmas", "use_dynamic_shifting");
      // As in diffusers, the values of other solvers stand for DEIS' only ones.
      config.oneOf("algorithm_type", "deis", List.of("deis", "dpmsolver", "dpmsolver++"));
      config.oneOf("solver_type", "logrho", List.of("logrho", "midpoint", "heun", "bh1", "bh2"));
      return new Settings(
          CommonSettings.read(
              config, NoiseSchedule.read(config), "linspace", PredictionType.values()),
          OriginalLimit.readThresholding(config),
          config.wholeNumber("solver_order", 2),
          config.flag("lower_order_final", true),
          SigmaSpacing.read(config));
    }

    @Override
    public double sigmaAfter(double before) {
      return spacing.followsTimesteps() ? common.noiseSchedule().sigma(0) : before;
    }

    @Override
    public Scheduler newScheduler() {
      return new DEISMultistepScheduler(this);
    }
  }

  private DEISMultistepScheduler(Settings settings) {
    super(settings);
    this.settings = settings;
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    try (ArrayScope scope = new ArrayScope()) {
      predictions.add(limitedNoise(modelOutput, i, sample));
      double signal = level(i + 1).signal();
      NDArray previous = TorchKernels.scale(signal / level(i).signal(), sample);
      int order = solverOrder(i);
      for (int back = 0; back < order; back++) {
        double weight = signal * integral(i, order, back);
        previous = TorchKernels.weightedSum(1, previous, weight, predictions.last(back));
      }
      return scope.keep(previous);
    }
  }

  @Override
  public void close() {
    predictions.close();
  }

  /**
   * Returns the order of step {@code i}, at most the number of predictions so far, and lower at the
   * end of a short run.
   */
  private int solverOrder(int i) {
    boolean lower = settings.lowerOrderFinal() && length() < SHORT_RUN;
    int limit = lower ? Math.min(settings.solverOrder(), length() - i) : settings.solverOrder();
    return Math.min(limit, i + 1);
  }

  /**
   * Integrates, over the sigmas of step {@code i}, the polynomial in {@code u = log sigma} that is
   * 1 {@code back} steps ago and 0 in the other {@code order - 1} steps.
   */
  private double integral(int i, int order, int back) {
    double[] polynomial = {1, 0, 0}; // of u^0, u^1, u^2
    double one = Math.log(sigma(i - back));
    for (int k = 0; k < order; k++) {
      if (k != back) {
        double zero = Math.log(sigma(i - k));
        polynomial = multiply(polynomial, -zero / (one - zero), 1 / (one - zero));
      }
    }
    return antiderivative(polynomial, sigma(i + 1)) - antiderivative(polynomial, sigma(i));
  }

  private static double[] multiply(double[] p, double constant, double slope) {
    return new double[] {
      constant * p[0], constant * p[1] + slope * p[0], constant * p[2] + slope * p[1]
    };
  }

  /** Integrates {@code p(log sigma) d sigma}. */
  private static double antiderivative(double[] p, double sigma) {
    double u = Math.log(sigma);
    return sigma * (p[0] + p[1] * (u - 1) + p[2] * (u * u - 2 * u + 2));
  }
}
