package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;

/**
 * diffusers' {@code DPMSolverSDEScheduler}: the SDE of "Elucidating the Design Space of
 * Diffusion-Based Generative Models" (Karras et al., 2022), solved as {@code sample_dpmpp_sde} of
 * k-diffusion does. A step calls the model at its start and at the geometric mean of its sigmas,
 * and goes from its start to its end with the original that the second call predicts.
 *
 * <p>The noise of both calls follows one Brownian motion, in which time is sigma. diffusers takes
 * it from a tree of torchsde, whose seed is its own unless {@code noise_sampler_seed} is set. Here
 * the same motion comes from the noise of the row: one draw up to the middle of a step, and one
 * from there to its end.
 */
final class DPMSolverSDEScheduler extends VarianceExplodingScheduler {

  /** The latents at the start of the step in progress. */
  private final ArrayHistory start = new ArrayHistory(1);

  /** The noise from the start to the middle of the step in progress. */
  private final ArrayHistory firstNoise = new ArrayHistory(1);

  /**
   * The settings of DPM-Solver SDE.
   *
   * @param common the settings that every scheduler reads
   * @param spacing the spacing of the sigmas
   */
  record Settings(CommonSettings common, SigmaSpacing spacing)
      implements VarianceExplodingSettings {

    static Settings read(SchedulerConfig config) {
      config.number("noise_sampler_seed").ifPresent(Settings::refuseSeed);
      return new Settings(
          KDPM2DiscreteScheduler.Settings.readCommon(config),
          SigmaSpacing.readWithoutKarrasEnds(config));
    }

    private static void refuseSeed(double seed) {
      throw new IllegalArgumentException(
          "noise_sampler_seed is %.0f; supported: null, because each row's seed gives its noise"
              .formatted(seed));
    }

    @Override
    public SigmaSteps sigmaSteps(double[] spaced) {
      return SigmaSteps.spaced(spaced, common.noiseSchedule(), spacing)
          .interleaveMeans(common.noiseSchedule());
    }

    @Override
    public Scheduler newScheduler() {
      return new DPMSolverSDEScheduler(this);
    }
  }

  private DPMSolverSDEScheduler(Settings settings) {
    super(settings);
  }

  @Override
  public int order() {
    return 2;
  }

  /** Returns true for all calls but the last, which goes to no noise. */
  @Override
  public boolean takesNoise(int i) {
    return i < length() - 1;
  }

  @Override
  public NDArray step(NDArray modelOutput, int i, NDArray sample, NDArray noise) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray original =
          predictionType.original(modelOutput, sample, NoiseLevel.varianceExploding(sigma(i)));
      if (!takesNoise(i)) {
        return scope.keep(original);
      }
      if (i % order() == 0) {
        start.add(sample);
        firstNoise.add(noise);
        return scope.keep(addNoise(original, sample, sigma(i), sigma(i + 1), noise));
      }
      NDArray whole = joinNoise(sigma(i - 1), sigma(i), sigma(i + 1), noise);
      return scope.keep(addNoise(original, start.last(0), sigma(i - 1), sigma(i + 1), whole));
    }
  }

  /** Goes below the noise level {@code to} towards the original, and returns to it with noise. */
  private static NDArray addNoise(
      NDArray original, NDArray sample, double from, double to, NDArray noise) {
    double down = to * to / from;
    double up = Math.sqrt(to * to - down * down);
    double kept = down / from;
    return TorchKernels.weightedSum(1 - kept, original, kept, sample, up, noise);
  }

  /** Returns the noise of a whole step, of variance 1, from that of its two parts. */
  private NDArray joinNoise(double from, double middle, double to, NDArray secondNoise) {
    double first = Math.sqrt((from - middle) / (from - to));
    double second = Math.sqrt((middle - to) / (from - to));
    return TorchKernels.weightedSum(first, firstNoise.last(0), second, secondNoise);
  }

  /** Frees the arrays of the step in progress. */
  @Override
  public void close() {
    start.close();
    firstNoise.close();
  }
}
