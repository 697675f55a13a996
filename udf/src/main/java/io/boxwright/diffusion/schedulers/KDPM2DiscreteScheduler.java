package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchKernels;

/**
 * diffusers' {@code KDPM2DiscreteScheduler}: DPM-Solver-2 of "DPM-Solver" (Lu et al., 2022) as in
 * k-diffusion. A step calls the model at its start and at the geometric mean of its sigmas, and
 * goes along the second derivative.
 */
final class KDPM2DiscreteScheduler extends SecondOrderScheduler {

  /**
   * The settings of KDPM2.
   *
   * @param common the settings that every scheduler reads
   * @param spacing the spacing of the sigmas
   */
  record Settings(CommonSettings common, SigmaSpacing spacing)
      implements VarianceExplodingSettings {

    static Settings read(SchedulerConfig config) {
      return new Settings(readCommon(config), SigmaSpacing.read(config));
    }

    /** Reads what KDPM2 and KDPM2 ancestral have in common. */
    static CommonSettings readCommon(SchedulerConfig config) {
      return CommonSettings.read(
          config,
          NoiseSchedule.read(config, NoiseSchedule.Betas.K_DIFFUSION),
          "linspace",
          PredictionType.EPSILON,
          PredictionType.V_PREDICTION);
    }

    @Override
    public SigmaSteps sigmaSteps(double[] spaced) {
      SigmaSteps steps = wholeSteps(spaced, common, spacing);
      return new SigmaSteps(steps.timesteps(), SigmaSteps.toFloat32(steps.sigmas()))
          .interleaveMeans(common.noiseSchedule());
    }

    /** Returns the starts of the steps; Karras' timesteps are rounded. */
    static SigmaSteps wholeSteps(double[] spaced, CommonSettings common, SigmaSpacing spacing) {
      SigmaSteps steps = SigmaSteps.spaced(spaced, common.noiseSchedule(), spacing);
      return spacing.kind() == SigmaSpacing.Kind.KARRAS ? steps.roundTimesteps() : steps;
    }

    @Override
    public Scheduler newScheduler() {
      return new KDPM2DiscreteScheduler(this);
    }
  }

  private KDPM2DiscreteScheduler(Settings settings) {
    super(settings);
  }

  @Override
  NDArray finishStep(NDArray derivative, int i, NDArray start, NDArray noise) {
    return TorchKernels.weightedSum(sigma(i + 1) - sigma(i - 1), derivative, 1, start);
  }
}
