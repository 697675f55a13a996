package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;

/**
 * diffusers' {@code LMSDiscreteScheduler}: a linear multistep method of order 4 (Adams-Bashforth
 * with uneven steps) over the derivatives of the last steps.
 */
final class LMSDiscreteScheduler extends VarianceExplodingScheduler {

  private static final int ORDER = 4;

  private final ArrayHistory derivatives = new ArrayHistory(ORDER);

  /**
   * The settings of LMS.
   *
   * @param common the settings that every scheduler reads
   * @param spacing the spacing of the sigmas
   */
  record Settings(CommonSettings common, SigmaSpacing spacing)
      implements VarianceExplodingSettings {

    static Settings read(SchedulerConfig config) {
      return new Settings(
          CommonSettings.read(
              config, NoiseSchedule.read(config), "linspace", PredictionType.values()),
          SigmaSpacing.readWithoutKarrasEnds(config));
    }

    @Override
    public SigmaSteps sigmaSteps(double[] spaced) {
      return SigmaSteps.spaced(spaced, common.noiseSchedule(), spacing).requireFalling();
    }

    @Override
    public Scheduler newScheduler() {
      return new LMSDiscreteScheduler(this);
    }
  }

  private LMSDiscreteScheduler(Settings settings) {
    super(settings);
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    try (ArrayScope scope = new ArrayScope()) {
      derivatives.add(derivative(modelOutput, i, sample));
      NDArray previous = sample;
      for (int back = 0; back < derivatives.size(); back++) {
        double coefficient = coefficient(derivatives.size(), i, back);
        previous = TorchKernels.weightedSum(1, previous, coefficient, derivatives.last(back));
      }
      return scope.keep(previous);
    }
  }

  @Override
  public void close() {
    derivatives.close();
  }

  /**
   * Returns the integral over step {@code i} of the Lagrange polynomial of the derivative {@code
   * back} steps ago. Its degree is at most 3, for which two Gauss-Legendre points are exact.
   */
  private double coefficient(int order, int i, int back) {
    double centre = (sigma(i) + sigma(i + 1)) / 2;
    double half = (sigma(i + 1) - sigma(i)) / 2;
    double point = half / Math.sqrt(3);
    return half
        * (lagrange(order, i, back, centre - point) + lagrange(order, i, back, centre + point));
  }

  private double lagrange(int order, int i, int back, double sigma) {
    double product = 1;
    for (int k = 0; k < order; k++) {
      if (k != back) {
        product *= (sigma - sigma(i - k)) / (sigma(i - back) - sigma(i - k));
      }
    }
    return product;
  }
}
