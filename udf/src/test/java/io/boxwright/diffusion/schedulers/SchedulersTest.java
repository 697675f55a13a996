package io.boxwright.diffusion.schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which schedulers there are, and which configurations they refuse. */
class SchedulersTest {

  private static final String DPM = "DPMSolverMultistepScheduler";

  @Test
  void unknownNamesAreRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> create("HeunDiscreteScheduler", "{}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Unknown scheduler HeunDiscreteScheduler: choose one of DDIMScheduler,"
                + " DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler,"
                + " EulerDiscreteScheduler, LMSDiscreteScheduler, PNDMScheduler");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "beta_schedule",
        "timestep_spacing",
        "prediction_type",
      })
  void unknownValuesAreRefusedByEveryScheduler(String key) {
    for (String name : Schedulers.names()) {
      assertThatThrownBy(() -> create(name, "{\"%s\": \"strange\"}".formatted(key)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              "Cannot create %s: %s is strange, supported ".formatted(name, key));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PNDMScheduler                   | prediction_type        | 'sample'",
        "EulerAncestralDiscreteScheduler | prediction_type        | 'sample'",
        "DDIMScheduler                   | thresholding           | true",
        "EulerDiscreteScheduler          | use_exponential_sigmas | true",
        "EulerDiscreteScheduler          | use_beta_sigmas        | true",
        "EulerDiscreteScheduler          | timestep_type          | 'continuous'",
        "EulerDiscreteScheduler          | interpolation_type     | 'strange'",
        "EulerDiscreteScheduler          | final_sigmas_type      | 'strange'",
        "LMSDiscreteScheduler            | use_exponential_sigmas | true",
        "LMSDiscreteScheduler            | use_beta_sigmas        | true",
        "DPMSolverMultistepScheduler     | prediction_type        | 'flow_prediction'",
        "DPMSolverMultistepScheduler     | thresholding           | true",
        "DPMSolverMultistepScheduler     | use_exponential_sigmas | true",
        "DPMSolverMultistepScheduler     | use_beta_sigmas        | true",
        "DPMSolverMultistepScheduler     | use_lu_lambdas         | true",
        "DPMSolverMultistepScheduler     | use_flow_sigmas        | true",
        "DPMSolverMultistepScheduler     | use_dynamic_shifting   | true",
        "DPMSolverMultistepScheduler     | variance_type          | 'learned'",
        "DPMSolverMultistepScheduler     | algorithm_type         | 'strange'",
        "DPMSolverMultistepScheduler     | solver_type            | 'strange'",
        "DPMSolverMultistepScheduler     | solver_order           | 4",
        "DPMSolverMultistepScheduler     | final_sigmas_type      | 'strange'",
      },
      quoteCharacter = '`')
  void unsupportedValuesAreRefusedByName(String name, String key, String value) {
    String json = "{\"%s\": %s}".formatted(key, value.replace('\'', '"'));

    assertThatThrownBy(() -> create(name, json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "Cannot create %s: %s is %s, supported ".formatted(name, key, value.replace("'", "")));
  }

  @Test
  void keysOfOtherSchedulersAreIgnored() {
    String json =
        """
        {"use_karras_sigmas": true, "use_beta_sigmas": true, "thresholding": true,
         "algorithm_type": "strange", "solver_order": 9, "final_sigmas_type": "strange"}""";

    assertThat(create("PNDMScheduler", json).config().useBetaSigmas()).isTrue();
    assertThat(create("EulerAncestralDiscreteScheduler", json).config().solverOrder()).isEqualTo(9);
  }

  @Test
  void solversOfTheNoiseNeedAFinalSigma() {
    assertThatThrownBy(() -> create(DPM, "{\"algorithm_type\": \"dpmsolver\"}"))
        .hasMessageContaining("final_sigmas_type is zero")
        .hasMessageContaining("sigma_min");
  }

  @Test
  void stochasticSolversHaveNoThirdOrder() {
    assertThatThrownBy(
            () -> create(DPM, "{\"algorithm_type\": \"sde-dpmsolver++\", \"solver_order\": 3}"))
        .hasMessageContaining("solver_order is 3")
        .hasMessageContaining("1 to 2");
  }

  @Test
  void trainedBetasMustBeOneForEachTimestep() {
    assertThatThrownBy(() -> create("DDIMScheduler", "{\"trained_betas\": [0.1, 0.2]}"))
        .hasMessageContaining("trained_betas has 2 entries")
        .hasMessageContaining("1000");
  }

  @Test
  void pndmSaysHowManyStepsRungeKuttaNeeds() {
    try (Scheduler scheduler = create("PNDMScheduler", "{}")) {
      assertThatThrownBy(() -> scheduler.setTimesteps(3))
          .hasMessageContaining("num_inference_steps is 3")
          .hasMessageContaining("at least 4")
          .hasMessageContaining("skip_prk_steps");
    }
  }

  @Test
  void anOffsetMayNotLeaveTheTrainedTimesteps() {
    try (Scheduler scheduler = create("DDIMScheduler", "{\"steps_offset\": 1}")) {
      assertThatThrownBy(() -> scheduler.setTimesteps(1000))
          .hasMessageContaining("timestep 1000")
          .hasMessageContaining("fewer num_inference_steps");
    }
  }

  @Test
  void trailingTimestepsNeverGoBelowZero() {
    try (Scheduler scheduler = create("DDIMScheduler", "{\"timestep_spacing\": \"trailing\"}")) {
      for (int steps = 1; steps <= 1000; steps++) {
        scheduler.setTimesteps(steps);

        assertThat(scheduler.timesteps()).hasSize(steps).startsWith(999);
        assertThat(scheduler.timesteps()[steps - 1]).isNotNegative();
      }
    }
  }

  @Test
  void onlyStochasticSamplersTakeNoise() {
    assertThat(noisePerRun("DDIMScheduler", "{}", 0)).isZero();
    assertThat(noisePerRun("DDIMScheduler", "{}", 0.5)).isEqualTo(10);
    assertThat(noisePerRun("EulerAncestralDiscreteScheduler", "{}", 0)).isEqualTo(10);
    assertThat(noisePerRun("EulerDiscreteScheduler", "{}", 1)).isZero();
    assertThat(noisePerRun(DPM, "{}", 1)).isZero();
    assertThat(noisePerRun(DPM, "{\"algorithm_type\": \"sde-dpmsolver++\"}", 0)).isEqualTo(10);
  }

  @ParameterizedTest
  @CsvSource({
    "DDIMScheduler, 0.995340",
    "DPMSolverMultistepScheduler, 0.995340",
    "PNDMScheduler, 0.995340",
    "EulerAncestralDiscreteScheduler, 213.588",
    "EulerDiscreteScheduler, 213.588",
    "LMSDiscreteScheduler, 213.588",
  })
  void guidanceVarianceIsThatOfTheNoiseInTheLatents(String name, double atTheLastTimestep) {
    String json =
        """
        {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012,
         "timestep_spacing": "trailing"}""";
    try (Scheduler scheduler = create(name, json)) {
      scheduler.setTimesteps(10);

      assertThat(scheduler.guidanceVariance(0))
          .isCloseTo(atTheLastTimestep, withinPercentage(0.001));
    }
  }

  private static int noisePerRun(String name, String json, double eta) {
    try (Scheduler scheduler = Schedulers.create(name, SchedulerFixtures.config(json), eta)) {
      scheduler.setTimesteps(10);
      return scheduler.noisePerRun();
    }
  }

  private static Scheduler create(String name, String json) {
    return Schedulers.create(name, SchedulerFixtures.config(json));
  }
}
