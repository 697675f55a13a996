package io.boxwright.diffusion.schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which schedulers there are, and which configurations they refuse. */
class SchedulersTest {

  private static final String DPM = "DPMSolverMultistepScheduler";
  private static final String SINGLESTEP = "DPMSolverSinglestepScheduler";

  @Test
  void unknownNamesAreRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> create("FlowMatchEulerDiscreteScheduler", "{}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Unknown scheduler FlowMatchEulerDiscreteScheduler: choose one of DDIMScheduler,"
                + " DDPMScheduler, DEISMultistepScheduler, DPMSolverMultistepScheduler,"
                + " DPMSolverSDEScheduler, DPMSolverSinglestepScheduler, EDMEulerScheduler,"
                + " EulerAncestralDiscreteScheduler, EulerDiscreteScheduler,"
                + " HeunDiscreteScheduler, KDPM2AncestralDiscreteScheduler,"
                + " KDPM2DiscreteScheduler, LCMScheduler, LMSDiscreteScheduler, PNDMScheduler,"
                + " TCDScheduler, UniPCMultistepScheduler");
  }

  @Test
  void noiseOfAnotherSeedThanTheRowsIsRefused() {
    assertThatThrownBy(() -> create("DPMSolverSDEScheduler", "{\"noise_sampler_seed\": 3}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot create DPMSolverSDEScheduler: noise_sampler_seed is 3; supported: null,"
                + " because each row's seed gives its noise");
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
              "Cannot create %s: %s is strange; supported".formatted(name, key));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PNDMScheduler                   | prediction_type        | 'sample'",
        "EulerAncestralDiscreteScheduler | prediction_type        | 'sample'",
        "EulerDiscreteScheduler          | timestep_type          | 'continuous'",
        "EulerDiscreteScheduler          | interpolation_type     | 'strange'",
        "EulerDiscreteScheduler          | final_sigmas_type      | 'strange'",
        "KDPM2DiscreteScheduler          | prediction_type        | 'sample'",
        "KDPM2AncestralDiscreteScheduler | prediction_type        | 'sample'",
        "EDMEulerScheduler               | prediction_type        | 'sample'",
        "EDMEulerScheduler               | sigma_schedule         | 'strange'",
        "DDPMScheduler                   | variance_type          | 'fixed_large_log'",
        "DDPMScheduler                   | variance_type          | 'learned'",
        "UniPCMultistepScheduler         | prediction_type        | 'flow_prediction'",
        "UniPCMultistepScheduler         | use_flow_sigmas        | true",
        "UniPCMultistepScheduler         | use_dynamic_shifting   | true",
        "UniPCMultistepScheduler         | solver_p               | {}",
        "UniPCMultistepScheduler         | shift_terminal         | 0.5",
        "UniPCMultistepScheduler         | solver_type            | 'strange'",
        "UniPCMultistepScheduler         | lower_order_final      | false",
        "DEISMultistepScheduler          | use_flow_sigmas        | true",
        "DEISMultistepScheduler          | use_dynamic_shifting   | true",
        "DEISMultistepScheduler          | algorithm_type         | 'sde-dpmsolver++'",
        "DEISMultistepScheduler          | solver_type            | 'strange'",
        "DPMSolverSinglestepScheduler    | use_flow_sigmas        | true",
        "DPMSolverSinglestepScheduler    | use_dynamic_shifting   | true",
        "DPMSolverSinglestepScheduler    | variance_type          | 'learned_range'",
        "DPMSolverSinglestepScheduler    | algorithm_type         | 'sde-dpmsolver'",
        "DPMSolverSinglestepScheduler    | solver_type            | 'strange'",
        "DPMSolverMultistepScheduler     | prediction_type        | 'flow_prediction'",
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
            "Cannot create %s: %s is %s; supported".formatted(name, key, value.replace("'", "")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "num_train_timesteps | 0         | 0, it must be from 1 to 100000",
        "num_train_timesteps | 1e3       | 1000.0, it must be a whole number from -2147483648 to",
        "num_train_timesteps | 3000000000 | 3000000000, it must be a whole number from -2147483648",
        "num_train_timesteps | '1000'    | '1000', it must be a whole number from -2147483648 to",
        "steps_offset        | -1        | -1, it must be from 0 to 99999",
        "steps_offset        | 100000    | 100000, it must be from 0 to 99999",
        "beta_start          | 0         | 0.0, it must be between 0 and 1",
        "beta_end            | 2         | 2.0, it must be between 0 and 1",
        "beta_end            | NaN       | NaN, it must be between 0 and 1",
        "beta_end            | '0.02'    | '0.02', it must be a number",
        "beta_schedule       | 5         | 5, it must be text",
        "trained_betas       | 0.1       | 0.1, it must be a list",
        "trained_betas       | {}        | {}, it must be a list",
      },
      quoteCharacter = '`')
  void impossibleValuesAreRefusedByEveryScheduler(String key, String value, String problem) {
    String json = "{\"%s\": %s}".formatted(key, value).replace('\'', '"');
    for (String name : Schedulers.names()) {
      assertThatThrownBy(() -> create(name, json))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              "Cannot create %s: %s is %s".formatted(name, key, problem.replace('\'', '"')));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DDIMScheduler               | clip_sample        | 0    | 0, it must be true or false",
        "DDIMScheduler               | clip_sample_range  | 0    | 0.0, it must be a finite number",
        "EulerDiscreteScheduler      | use_karras_sigmas  | 'no' | 'no', it must be true or false",
        "EulerDiscreteScheduler      | sigma_min          | -1   | -1.0, it must be a finite number",
        "EulerDiscreteScheduler      | sigma_max          | Infinity | Infinity, it must be a finite",
        "DDIMScheduler               | sample_max_value   | 0.5  | 0.5, it must be a finite number",
        "DDPMScheduler               | dynamic_thresholding_ratio | 2 | 2.0, it must be between 0",
        "HeunDiscreteScheduler       | clip_sample_range  | 0    | 0.0, it must be a finite number",
        "KDPM2DiscreteScheduler      | sigma_min          | -1   | -1.0, it must be a finite number",
        "UniPCMultistepScheduler     | solver_order       | 4    | 4, it must be from 1 to 3",
        "UniPCMultistepScheduler     | disable_corrector  | true | true, it must be a list",
        "DEISMultistepScheduler      | solver_order       | 0    | 0, it must be from 1 to 3",
        "DPMSolverSinglestepScheduler | solver_order      | 4    | 4, it must be from 1 to 3",
        "DPMSolverSinglestepScheduler | lambda_min_clipped | NaN | NaN, it must be a number",
        "EDMEulerScheduler           | sigma_data         | 0    | 0.0, it must be a finite number",
        "EDMEulerScheduler           | sigma_min          | 90   | 90.0, it must be less than sigma_max",
        "LCMScheduler                | timestep_scaling   | 0    | 0.0, it must be a finite number",
        "LCMScheduler                | original_inference_steps | 0 | 0, it must be from 1 to 1000",
        "TCDScheduler                | original_inference_steps | 1001 | 1001, it must be from 1 to",
        "DPMSolverMultistepScheduler | lambda_min_clipped | NaN  | NaN, it must be a number",
        "DPMSolverMultistepScheduler | solver_order       | 1.5  | 1.5, it must be a whole number",
      },
      quoteCharacter = '`')
  void impossibleValuesAreRefusedByTheSchedulersThatReadThem(
      String reader, String key, String value, String problem) {
    String json = "{\"%s\": %s}".formatted(key, value).replace('\'', '"');

    assertThatThrownBy(() -> create(reader, json))
        .hasMessageStartingWith(
            "Cannot create %s: %s is %s".formatted(reader, key, problem.replace('\'', '"')));
    create("PNDMScheduler", json).close();
    create("EulerAncestralDiscreteScheduler", json).close();
  }

  @Test
  void nullIsTheDefault() {
    String json = "{\"trained_betas\": null, \"clip_sample\": null, \"beta_end\": null}";

    create("DDIMScheduler", json).close();
  }

  @Test
  void theLastKarrasSigmaIsBelowTheFirst() {
    assertThatThrownBy(
            () -> create("EulerDiscreteScheduler", "{\"sigma_min\": 2, \"sigma_max\": 1}"))
        .hasMessageContaining("sigma_min is 2.0, it must be less than sigma_max, 1.0");
  }

  @Test
  void oneSpacingOfSigmasIsPossible() {
    assertThatThrownBy(
            () ->
                create(
                    "HeunDiscreteScheduler",
                    "{\"use_karras_sigmas\": true, \"use_beta_sigmas\": true}"))
        .hasMessageContaining("use_karras_sigmas and use_beta_sigmas are true; supported: one");
  }

  @Test
  void keysOfOtherSchedulersAreNotLookedAt() {
    String json =
        """
        {"use_karras_sigmas": 1, "use_beta_sigmas": true, "thresholding": true, "eta": "strange",
         "algorithm_type": "strange", "solver_order": 9, "final_sigmas_type": [],
         "sigma_min": -1, "variance_type": {}, "lambda_min_clipped": "x", "timestep_type": 7}""";

    create("PNDMScheduler", json).close();
    create("EulerAncestralDiscreteScheduler", json).close();
  }

  @Test
  void etaBelongsToDdimAndTcd() {
    SchedulerConfig config = SchedulerFixtures.config("{}");

    for (String name : List.of("DDIMScheduler", "TCDScheduler")) {
      assertThatThrownBy(() -> Schedulers.create(name, config, 1.5))
          .hasMessageContaining("eta is 1.5, it must be between 0 and 1");
    }
    Schedulers.create("PNDMScheduler", config, 1.5).close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NoScheduler                 | {} | 50 | Unknown scheduler NoScheduler: choose one of",
        "EulerDiscreteScheduler      | {'beta_end': 2} | 50 | beta_end is 2.0, it must be between",
        "EulerDiscreteScheduler      | {} | 0 | num_inference_steps is 0, it must be from 1 to",
        "EulerDiscreteScheduler      | {} | 1001 | num_inference_steps is 1001, it must be from 1",
        "PNDMScheduler               | {} | 3 | num_inference_steps is 3, PNDMScheduler needs at",
        "DDIMScheduler               | {'steps_offset': 1} | 1000 | timestep 1000 is beyond the last",
        "DDIMScheduler               | {'rescale_betas_zero_snr': true, 'timestep_spacing':"
            + " 'trailing'} | 5 | rescale_betas_zero_snr is true; supported with",
        "DDPMScheduler               | {'steps_offset': 1} | 1000 | timestep 1000 is beyond the last",
        "LCMScheduler                | {} | 51 | num_inference_steps is 51, it must be at most original",
        "TCDScheduler                | {'rescale_betas_zero_snr': true} | 5 | rescale_betas_zero_snr is",
        "LMSDiscreteScheduler        | {'steps_offset': 99999, 'timestep_spacing': 'leading'} | 5 |"
            + " two steps of num_inference_steps 5 have the same noise",
        "EulerDiscreteScheduler      | {'sigma_max': 0.001, 'use_karras_sigmas': true} | 5 |"
            + " sigma_max is 0.001, it must be greater than sigma_min",
        "DPMSolverMultistepScheduler | {'lambda_min_clipped': 1000} | 5 | lambda_min_clipped is",
      },
      quoteCharacter = '`')
  void aCheckRefusesWhatARunWouldRefuse(String name, String json, int steps, String problem) {
    SchedulerConfig config = SchedulerFixtures.config(json.replace('\'', '"'));

    assertThatThrownBy(() -> Schedulers.check(name, config, InferenceSteps.of(steps)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
    assertThatThrownBy(
            () -> {
              try (Scheduler scheduler = Schedulers.create(name, config)) {
                scheduler.setTimesteps(steps);
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void onlySomeSchedulersTakeTimestepsAndSigmas() {
    InferenceSteps timesteps = InferenceSteps.ofTimesteps(List.of(999, 500));
    InferenceSteps sigmas = InferenceSteps.ofSigmas(List.of(0.0, 0.5));

    assertThat(takers(timesteps))
        .containsExactly(
            "DDPMScheduler",
            DPM,
            SINGLESTEP,
            "EulerDiscreteScheduler",
            "HeunDiscreteScheduler",
            "LCMScheduler",
            "TCDScheduler");
    assertThat(takers(sigmas)).containsExactly("EDMEulerScheduler", "EulerDiscreteScheduler");
    assertRefused(
        "DDIMScheduler",
        "{}",
        timesteps,
        "DDIMScheduler takes no timesteps; these schedulers do: DDPMScheduler,");
    assertRefused(
        "UniPCMultistepScheduler",
        "{}",
        sigmas,
        "UniPCMultistepScheduler takes no sigmas; these schedulers do: EDMEulerScheduler,"
            + " EulerDiscreteScheduler");
  }

  /** The schedulers that do not refuse a kind of steps; they may refuse its values. */
  private static List<String> takers(InferenceSteps steps) {
    return Schedulers.names().stream()
        .filter(name -> catchThrowable(() -> steps.requireTakenBy(name)) == null)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "EulerDiscreteScheduler, use_karras_sigmas",
    "HeunDiscreteScheduler, use_exponential_sigmas",
    "DPMSolverMultistepScheduler, use_beta_sigmas",
    "DPMSolverSinglestepScheduler, use_karras_sigmas",
  })
  void spacedSigmasAndTimestepsExcludeEachOther(String name, String flag) {
    assertRefused(
        name,
        "{\"%s\": true}".formatted(flag),
        InferenceSteps.ofTimesteps(List.of(999, 500)),
        flag + " is true; supported with timesteps: false");
  }

  @Test
  void stepsThatLeaveTheTrainedOnesAreRefused() {
    InferenceSteps steps = InferenceSteps.ofTimesteps(List.of(1000, 500));

    assertRefused(
        DPM, "{}", steps, "timesteps[0] is 1000, it must be less than num_train_timesteps, 1000");
  }

  @Test
  void timestepsMustGoDown() {
    assertThatThrownBy(() -> InferenceSteps.ofTimesteps(List.of(999, 999)))
        .hasMessage("timesteps[1] is 999, it must be less than the one before it");
    assertThatThrownBy(() -> InferenceSteps.ofTimesteps(List.of(5, -1)))
        .hasMessage("timesteps[1] is -1, it must be at least 0");
    assertThatThrownBy(() -> InferenceSteps.ofTimesteps(List.of()))
        .hasMessage("timesteps is empty, it must have a value");
  }

  @Test
  void sigmasMustGoDownToTheNoiseThatIsLeft() {
    assertThatThrownBy(() -> InferenceSteps.ofSigmas(List.of(1.0, Double.NaN)))
        .hasMessage("sigmas[1] is NaN, it must be a finite number of at least 0");
    assertRefused(
        "EulerDiscreteScheduler",
        "{}",
        InferenceSteps.ofSigmas(List.of(14.6, 20.0)),
        "sigmas[1] is 20.0, it must be less than the one before it");
    assertRefused(
        "EulerDiscreteScheduler",
        "{}",
        InferenceSteps.ofSigmas(List.of(14.6)),
        "sigmas has 1 value, it must have at least 2");
    assertRefused(
        "EDMEulerScheduler",
        "{}",
        InferenceSteps.ofSigmas(List.of(14.6, 0.0)),
        "sigmas[0] is 14.6, it must be at most 1");
  }

  private static void assertRefused(
      String name, String json, InferenceSteps steps, String problem) {
    SchedulerConfig config = SchedulerFixtures.config(json);
    assertThatThrownBy(() -> Schedulers.check(name, config, steps)).hasMessageContaining(problem);
    try (Scheduler scheduler = Schedulers.create(name, config)) {
      assertThatThrownBy(() -> scheduler.setTimesteps(steps)).hasMessageContaining(problem);
    }
  }

  @Test
  void aCheckAcceptsWhatARunAccepts() {
    for (String name : Schedulers.names()) {
      Schedulers.check(name, SchedulerFixtures.config("{}"), InferenceSteps.of(50));
    }
  }

  @Test
  void solversOfTheNoiseNeedAFinalSigma() {
    assertThatThrownBy(() -> create(DPM, "{\"algorithm_type\": \"dpmsolver\"}"))
        .hasMessageContaining("final_sigmas_type is zero")
        .hasMessageContaining("sigma_min");
    assertThatThrownBy(() -> create(SINGLESTEP, "{\"algorithm_type\": \"dpmsolver\"}"))
        .hasMessageContaining("final_sigmas_type is zero")
        .hasMessageContaining("sigma_min");
    assertThatThrownBy(() -> create("UniPCMultistepScheduler", "{\"predict_x0\": false}"))
        .hasMessageContaining("final_sigmas_type is zero")
        .hasMessageContaining("sigma_min");
  }

  @Test
  void singlestepSolversOfTheNoiseHaveNoThresholds() {
    String json =
        """
        {"algorithm_type": "dpmsolver", "final_sigmas_type": "sigma_min", "thresholding": true}""";

    assertThatThrownBy(() -> create(SINGLESTEP, json))
        .hasMessageContaining("thresholding is true; supported with algorithm_type dpmsolver");
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
    assertThat(noisePerRun("DDPMScheduler", "{}", 0)).isEqualTo(9);
    assertThat(noisePerRun("DDPMScheduler", "{\"steps_offset\": 1}", 0)).isEqualTo(10);
    assertThat(noisePerRun("KDPM2AncestralDiscreteScheduler", "{}", 0)).isEqualTo(9);
    assertThat(noisePerRun("LCMScheduler", "{}", 0)).isEqualTo(9);
    assertThat(noisePerRun("TCDScheduler", "{}", 0)).isZero();
    assertThat(noisePerRun("TCDScheduler", "{}", 0.3)).isEqualTo(9);
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
    "DDPMScheduler, 0.995340",
    "DEISMultistepScheduler, 0.995340",
    "DPMSolverSinglestepScheduler, 0.995340",
    "LCMScheduler, 0.995340",
    "TCDScheduler, 0.995340",
    "UniPCMultistepScheduler, 0.995340",
    "EDMEulerScheduler, 6400",
    "HeunDiscreteScheduler, 213.588",
    "KDPM2AncestralDiscreteScheduler, 213.588",
    "KDPM2DiscreteScheduler, 213.588",
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
