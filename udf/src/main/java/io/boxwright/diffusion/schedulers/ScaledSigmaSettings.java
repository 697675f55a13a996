package io.boxwright.diffusion.schedulers;

import io.boxwright.diffusion.loading.ConfigValues;
import java.util.Arrays;
import java.util.List;

/** The settings of DPM-Solver, UniPC and DEIS. */
interface ScaledSigmaSettings extends SchedulerSettings {

  /** Refuses models that predict variances in channels of their own. */
  static void refuseLearnedVariance(SchedulerConfig config) {
    config
        .text("variance_type")
        .filter(List.of("learned", "learned_range")::contains)
        .ifPresent(
            learned -> {
              throw new IllegalArgumentException(
                  "variance_type is %s; supported: types that are not learned".formatted(learned));
            });
  }

  /** Returns the limit of predicted originals. */
  OriginalLimit thresholding();

  /** Returns the spacing of the sigmas. */
  SigmaSpacing spacing();

  /** Returns the log signal-to-noise ratio below which timesteps are left out. */
  default double lambdaMinClipped() {
    return Double.NEGATIVE_INFINITY;
  }

  /** Returns the sigma after the last step, where {@code before} is the one before it. */
  double sigmaAfter(double before);

  /** Makes the fractional timesteps of spaced sigmas whole: Karras' are rounded, others cut off. */
  default double[] wholeTimesteps(double[] timesteps) {
    boolean rounds = spacing().kind() == SigmaSpacing.Kind.KARRAS;
    return Arrays.stream(timesteps).map(rounds ? Math::rint : Math::floor).toArray();
  }

  /** Returns the timesteps and the noise of a run. */
  default SigmaSteps steps(InferenceSteps chosen) {
    spacing().requireFree(chosen);
    NoiseSchedule noise = common().noiseSchedule();
    double[] timesteps = chosen.timestepsOr(this::spacedTimesteps);
    double[] sigmas = noise.interpolateSigmas(timesteps);
    if (!spacing().followsTimesteps()) {
      sigmas = spacing().orBetween(noise.sigma(noise.size() - 1), noise.sigma(0), chosen.number());
      timesteps = wholeTimesteps(noise.timestepsOf(sigmas));
    }
    SigmaSteps steps = SigmaSteps.of(timesteps, sigmas, sigmaAfter(sigmas[sigmas.length - 1]));
    return new SigmaSteps(timesteps, SigmaSteps.toFloat32(steps.requireFalling().sigmas()));
  }

  /**
   * Spaces one timestep more than there are steps and drops the lowest; trailing spacing has no
   * extra one.
   */
  private double[] spacedTimesteps(int count) {
    int trained = common().noiseSchedule().countAboveLambda(lambdaMinClipped());
    ConfigValues.require(
        trained > 0, "lambda_min_clipped", lambdaMinClipped(), "so small that timesteps are left");
    if (common().timestepSpacing() == TimestepSpacing.TRAILING) {
      return TimestepSpacing.trailing(trained, common().noiseSchedule().size() / (double) count);
    }
    double[] spaced =
        common().timestepSpacing().timesteps(trained, count + 1, common().stepsOffset());
    return Arrays.stream(spaced).limit(count).map(Math::rint).toArray();
  }

  @Override
  default double[] timesteps(InferenceSteps steps) {
    return steps(steps).timesteps();
  }
}
