package io.boxwright.diffusion.schedulers;

import io.boxwright.diffusion.loading.ConfigValues;
import java.util.Arrays;

/**
 * The settings that every scheduler reads.
 *
 * @param noiseSchedule the noise that the model was trained with
 * @param predictionType {@code prediction_type}: the quantity that the model predicts
 * @param timestepSpacing {@code timestep_spacing}: the choice of timesteps that a run visits
 * @param stepsOffset {@code steps_offset}: the number that {@link TimestepSpacing#LEADING} adds to
 *     every timestep, 0 to 99,999
 */
record CommonSettings(
    NoiseSchedule noiseSchedule,
    PredictionType predictionType,
    TimestepSpacing timestepSpacing,
    int stepsOffset) {

  CommonSettings {
    ConfigValues.requireWithin("steps_offset", stepsOffset, 0, NoiseSchedule.MOST_TIMESTEPS - 1);
  }

  /**
   * Reads the keys.
   *
   * @param spacing the scheduler's own default
   * @param supported the predictions that the scheduler can use
   */
  static CommonSettings read(
      SchedulerConfig config,
      NoiseSchedule noiseSchedule,
      String spacing,
      PredictionType... supported) {
    return new CommonSettings(
        noiseSchedule,
        PredictionType.read(config, supported),
        TimestepSpacing.read(config, spacing),
        config.wholeNumber("steps_offset", 0));
  }

  /**
   * Checks the number of steps, or the highest of the given timesteps.
   *
   * @throws IllegalArgumentException if the model was not trained for that
   */
  void requireSteps(InferenceSteps steps) {
    int trained = noiseSchedule.size();
    int highest = steps.timesteps().isEmpty() ? 0 : steps.timesteps().get(0);
    ConfigValues.require(
        highest < trained, "timesteps[0]", highest, "less than num_train_timesteps, " + trained);
    if (steps.sigmas().isEmpty() && (steps.number() < 1 || steps.number() > trained)) {
      throw new IllegalArgumentException(
          "num_inference_steps is %d, it must be from 1 to num_train_timesteps, %d"
              .formatted(steps.number(), trained));
    }
  }

  /**
   * Checks that some signal is left: the original cannot be recovered from noise alone.
   *
   * @param timestep the first timestep of a run
   * @throws IllegalArgumentException if the model predicts the noise of pure noise
   */
  void requireSignal(int timestep) {
    if (predictionType == PredictionType.EPSILON && noiseSchedule.alphaCumprod(timestep) == 0) {
      throw new IllegalArgumentException(
          "rescale_betas_zero_snr is true; supported with prediction_type epsilon: false");
    }
  }

  /** Returns the same settings with another spacing. */
  CommonSettings withTimestepSpacing(TimestepSpacing spacing) {
    return new CommonSettings(noiseSchedule, predictionType, spacing, stepsOffset);
  }

  /** Returns the timesteps of the steps, from the highest down; some may be fractions. */
  double[] spacedTimesteps(InferenceSteps steps) {
    return steps.timestepsOr(
        number -> timestepSpacing.timesteps(noiseSchedule.size(), number, stepsOffset));
  }

  /**
   * Returns the timesteps of the steps, rounded, from the highest down.
   *
   * @throws IllegalArgumentException if one of them was not trained, or if the highest has no
   *     signal and the model predicts noise
   */
  double[] wholeTimesteps(InferenceSteps steps) {
    double[] rounded = Arrays.stream(spacedTimesteps(steps)).map(Math::rint).toArray();
    double[] whole = noiseSchedule.requireTrained(rounded);
    requireSignal((int) whole[0]);
    return whole;
  }
}
