package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchKernels;

/**
 * diffusers' {@code KDPM2AncestralDiscreteScheduler}: KDPM2 steps that go below the next noise
 * level and return to it with fresh noise. The geometric mean of a step's ends, where it calls the
 * model again, is then the next noise level itself.
 */
final class KDPM2AncestralDiscreteScheduler extends SecondOrderScheduler {

  /**
   * The settings of KDPM2 ancestral.
   *
   * @param common the settings that every scheduler reads
   * @param spacing the spacing of the sigmas
   */
  record Settings(CommonSettings common, SigmaSpacing spacing)
      implements VarianceExplodingSettings {

    static Settings read(SchedulerConfig config) {
      return new Settings(
          KDPM2DiscreteScheduler.Settings.readCommon(config), SigmaSpacing.read(config));
    }

    @Override
    public SigmaSteps sigmaSteps(double[] spaced) {
      SigmaSteps steps = KDPM2DiscreteScheduler.Settings.wholeSteps(spaced, common, spacing);
      double[] next = SigmaSteps.toFloat32(steps.laterSigmas());
      return steps.interleave(common.noiseSchedule().timestepsOf(next), next);
    }

    @Override
    public Scheduler newScheduler() {
      return new KDPM2AncestralDiscreteScheduler(this);
    }
  }

  private KDPM2AncestralDiscreteScheduler(Settings settings) {
    super(settings);
  }

  @Override
  NDArray finishStep(NDArray derivative, int i, NDArray start, NDArray noise) {
    double from = sigma(i - 1);
    double to = sigma(i + 1);
    double down = to * to / from;
    double up = Math.sqrt(to * to - down * down);
    return TorchKernels.weightedSum(down - from, derivative, 1, start, up, noise);
  }

  /** Returns true where a step ends with fresh noise, which the last one does not. */
  @Override
  public boolean takesNoise(int i) {
    return !startsStep(i);
  }
}
