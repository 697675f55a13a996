package io.boxwright.diffusion.schedulers;

import static java.util.Objects.requireNonNullElse;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.Arrays;

/**
 * diffusers' {@code DDIMScheduler}: formulas (12) and (16) of "Denoising Diffusion Implicit Models"
 * (Song, Meng and Ermon, 2020).
 */
final class DDIMScheduler extends VariancePreservingScheduler {

  private final double eta;
  private final boolean clipSample;
  private final double clipSampleRange;
  private final double finalAlphaCumprod;
  private int stepRatio;

  /** {@code eta} weighs the noise that each step adds: 0 for none, 1 for as much as DDPM. */
  DDIMScheduler(SchedulerConfig config, double eta) {
    super(
        config,
        NoiseSchedule.rescalable(config),
        PredictionType.of(config, PredictionType.values()),
        TimestepSpacing.LEADING);
    UnsupportedConfig.refuse("thresholding", config.thresholding());
    this.eta = eta;
    clipSample = requireNonNullElse(config.clipSample(), true);
    clipSampleRange = requireNonNullElse(config.clipSampleRange(), 1.0);
    boolean setAlphaToOne = requireNonNullElse(config.setAlphaToOne(), true);
    finalAlphaCumprod = setAlphaToOne ? 1 : noiseSchedule.alphaCumprod(0);
  }

  @Override
  double[] startRun(int numInferenceSteps) {
    stepRatio = noiseSchedule.size() / numInferenceSteps;
    double[] timesteps =
        timestepSpacing.timesteps(noiseSchedule.size(), numInferenceSteps, stepsOffset);
    double[] whole =
        noiseSchedule.requireTrained(Arrays.stream(timesteps).map(Math::rint).toArray());
    requireSignal((int) whole[0]);
    return whole;
  }

  /** An original cannot be told from its noise where nothing else is left. */
  private void requireSignal(int timestep) {
    if (predictionType == PredictionType.EPSILON && noiseSchedule.alphaCumprod(timestep) == 0) {
      throw new IllegalArgumentException(
          "rescale_betas_zero_snr is true, supported with prediction_type epsilon is false");
    }
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    double alphaCumprod = noiseSchedule.alphaCumprod(timestep(i));
    double previousAlphaCumprod = previousAlphaCumprod(i);
    NoiseLevel level = NoiseLevel.variancePreserving(alphaCumprod);
    double stdDev = eta * Math.sqrt(variance(alphaCumprod, previousAlphaCumprod));
    double direction = Math.sqrt(1 - previousAlphaCumprod - stdDev * stdDev);

    try (ArrayScope scope = new ArrayScope()) {
      NDArray original = clip(predictionType.original(modelOutput, sample, level));
      NDArray epsilon = predictionType.noise(modelOutput, sample, level);
      double signal = Math.sqrt(previousAlphaCumprod);
      return scope.keep(
          eta > 0
              ? TorchKernels.weightedSum(signal, original, direction, epsilon, stdDev, noise)
              : TorchKernels.weightedSum(signal, original, direction, epsilon));
    }
  }

  /** One a step if eta is above 0. */
  @Override
  public int noisePerRun() {
    return eta > 0 ? length() : 0;
  }

  @Override
  public double guidanceVariance(int i) {
    return 1 - noiseSchedule.alphaCumprod(timestep(i));
  }

  private double previousAlphaCumprod(int i) {
    int previous = timestep(i) - stepRatio;
    return previous >= 0 ? noiseSchedule.alphaCumprod(previous) : finalAlphaCumprod;
  }

  /** Formula (16) for eta 1. */
  private static double variance(double alphaCumprod, double previousAlphaCumprod) {
    return (1 - previousAlphaCumprod)
        / (1 - alphaCumprod)
        * (1 - alphaCumprod / previousAlphaCumprod);
  }

  private NDArray clip(NDArray original) {
    return clipSample ? TorchKernels.clamp(original, -clipSampleRange, clipSampleRange) : original;
  }
}
