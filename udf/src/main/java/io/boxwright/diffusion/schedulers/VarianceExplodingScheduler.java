package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchKernels;
import java.util.Arrays;

/**
 * The base of Euler, LMS, Heun and KDPM2: latents are originals plus noise of deviation {@code
 * sigma}, scaled down to variance 1 for the model only.
 */
abstract class VarianceExplodingScheduler extends AbstractScheduler {

  private final VarianceExplodingSettings settings;
  private double[] sigmas;

  VarianceExplodingScheduler(VarianceExplodingSettings settings) {
    super(settings.common());
    this.settings = settings;
  }

  @Override
  public final double initNoiseSigma() {
    double highest = Arrays.stream(sigmas).max().orElseThrow();
    boolean leading = settings.common().timestepSpacing() == TimestepSpacing.LEADING;
    return leading ? Math.sqrt(highest * highest + 1) : highest;
  }

  @Override
  public final NDArray scaleModelInput(NDArray sample, int i) {
    return TorchKernels.scale(1 / Math.sqrt(sigmas[i] * sigmas[i] + 1), sample);
  }

  @Override
  public final double guidanceVariance(int i) {
    return sigmas[i] * sigmas[i];
  }

  @Override
  final double[] startRun(InferenceSteps steps) {
    SigmaSteps run = settings.steps(steps);
    sigmas = run.sigmas();
    return run.timesteps();
  }

  /**
   * Returns the deviation of the noise before step {@code i}, which is the deviation after step
   * {@code i - 1}.
   */
  final double sigma(int i) {
    return sigmas[i];
  }

  /** Returns the noise that the model finds in the latents before step {@code i}. */
  NDArray derivative(NDArray modelOutput, int i, NDArray sample) {
    return predictionType.noise(modelOutput, sample, NoiseLevel.varianceExploding(sigmas[i]));
  }
}
