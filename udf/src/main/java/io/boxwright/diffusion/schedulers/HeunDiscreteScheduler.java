package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchKernels;

/**
 * diffusers' {@code HeunDiscreteScheduler}: algorithm 2 of "Elucidating the Design Space of
 * Diffusion-Based Generative Models" (Karras et al., 2022) without churn. A step calls the model at
 * both ends and goes along the mean of the two derivatives.
 */
final class HeunDiscreteScheduler extends SecondOrderScheduler {

  private final Settings settings;

  /** The derivative where the step in progress started. */
  private final ArrayHistory first = new ArrayHistory(1);

  /**
   * The settings of Heun.
   *
   * @param common the settings that every scheduler reads
   * @param limit the limit of predicted originals
   * @param spacing the spacing of the sigmas
   */
  record Settings(CommonSettings common, OriginalLimit limit, SigmaSpacing spacing)
      implements VarianceExplodingSettings {

    static Settings read(SchedulerConfig config) {
      return new Settings(
          CommonSettings.read(
              config,
              NoiseSchedule.read(config, NoiseSchedule.Betas.K_DIFFUSION),
              "linspace",
              PredictionType.values()),
          OriginalLimit.readClipping(config, OriginalLimit.Kind.NONE),
          SigmaSpacing.read(config));
    }

    @Override
    public SigmaSteps sigmaSteps(double[] spaced) {
      SigmaSteps steps = SigmaSteps.spaced(spaced, common.noiseSchedule(), spacing);
      return steps.interleave(steps.laterTimesteps(), steps.laterSigmas());
    }

    @Override
    public Scheduler newScheduler() {
      return new HeunDiscreteScheduler(this);
    }
  }

  private HeunDiscreteScheduler(Settings settings) {
    super(settings);
    this.settings = settings;
  }

  @Override
  NDArray derivative(NDArray modelOutput, int i, NDArray sample) {
    if (settings.limit().kind() == OriginalLimit.Kind.NONE) {
      return super.derivative(modelOutput, i, sample);
    }
    NoiseLevel level = NoiseLevel.varianceExploding(sigma(i));
    NDArray original = predictionType.original(modelOutput, sample, level);
    return PredictionType.SAMPLE.noise(settings.limit().apply(original), sample, level);
  }

  @Override
  NDArray startStep(NDArray derivative, int i, NDArray sample) {
    first.add(derivative);
    return super.startStep(derivative, i, sample);
  }

  @Override
  NDArray finishStep(NDArray derivative, int i, NDArray start, NDArray noise) {
    double half = (sigma(i) - sigma(i - 1)) / 2;
    return TorchKernels.weightedSum(half, derivative, half, first.last(0), 1, start);
  }

  @Override
  public void close() {
    super.close();
    first.close();
  }
}
