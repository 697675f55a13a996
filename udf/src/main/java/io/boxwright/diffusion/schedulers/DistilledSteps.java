package io.boxwright.diffusion.schedulers;

import io.boxwright.diffusion.loading.ConfigValues;

/**
 * The timesteps of LCM and TCD: some of those that the model was distilled for.
 *
 * @param common the settings that every scheduler reads; the spacing of timesteps does not apply
 * @param originalSteps {@code original_inference_steps}: the number of steps of the distillation, 1
 *     to {@code num_train_timesteps}
 */
record DistilledSteps(CommonSettings common, int originalSteps) {

  DistilledSteps {
    ConfigValues.requireWithin(
        "original_inference_steps", originalSteps, 1, common.noiseSchedule().size());
  }

  /** Reads the keys, with {@code rescale_betas_zero_snr}. */
  static DistilledSteps read(SchedulerConfig config) {
    return new DistilledSteps(
        CommonSettings.read(
            config,
            NoiseSchedule.rescalable(config, NoiseSchedule.Betas.LATENT),
            "leading",
            PredictionType.values()),
        config.wholeNumber("original_inference_steps", 50));
  }

  /**
   * Returns the timesteps of a run, from the highest down.
   *
   * @throws IllegalArgumentException if there are fewer in the distillation, or if the highest has
   *     no signal and the model predicts noise
   */
  double[] timesteps(InferenceSteps chosen) {
    double[] timesteps = chosen.timestepsOr(this::spacedTimesteps);
    common.requireSignal((int) timesteps[0]);
    return timesteps;
  }

  private double[] spacedTimesteps(int numInferenceSteps) {
    if (numInferenceSteps > originalSteps) {
      throw new IllegalArgumentException(
          "num_inference_steps is %d, it must be at most original_inference_steps, %d"
              .formatted(numInferenceSteps, originalSteps));
    }
    int distance = common.noiseSchedule().size() / originalSteps;
    double[] timesteps = new double[numInferenceSteps];
    for (int i = 0; i < numInferenceSteps; i++) {
      int index = (int) (i * (originalSteps / (double) numInferenceSteps));
      timesteps[i] = (originalSteps - index) * distance - 1;
    }
    return timesteps;
  }
}
