package io.boxwright.diffusion.schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.torch.ArrayScope;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What callers rely on, whatever the scheduler. */
class SchedulerContractTest {

  private static final int STEPS = 6;

  private NDManager manager;
  private ArrayScope scope;
  private SchedulerFixtures fixtures;

  /** A scheduler of every kind of memory and noise, all of Stable Diffusion's noise schedule. */
  record Sampler(String scheduler, String options, double eta) {

    Scheduler create() {
      String json =
          """
          {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012,
           "steps_offset": 1, %s}"""
              .formatted(options);
      return Schedulers.create(scheduler, SchedulerFixtures.config(json), eta);
    }
  }

  static List<Sampler> samplers() {
    List<Sampler> samplers = new ArrayList<>();
    for (String name : Schedulers.names()) {
      samplers.add(new Sampler(name, "\"skip_prk_steps\": true", 0));
      samplers.add(new Sampler(name, "\"timestep_spacing\": \"leading\"", 0));
      samplers.add(new Sampler(name, "\"prediction_type\": \"v_prediction\"", 1));
      samplers.add(new Sampler(name, "\"use_karras_sigmas\": true", 0));
      samplers.add(new Sampler(name, "\"use_beta_sigmas\": true, \"thresholding\": true", 0));
    }
    String dpm = "DPMSolverMultistepScheduler";
    samplers.add(new Sampler(dpm, "\"solver_order\": 3", 0));
    samplers.add(new Sampler(dpm, "\"algorithm_type\": \"sde-dpmsolver++\"", 0));
    String singlestep = "DPMSolverSinglestepScheduler";
    samplers.add(new Sampler(singlestep, "\"solver_order\": 3, \"solver_type\": \"heun\"", 0));
    samplers.add(new Sampler(singlestep, "\"algorithm_type\": \"sde-dpmsolver++\"", 0));
    samplers.add(new Sampler("UniPCMultistepScheduler", "\"solver_order\": 3", 0));
    samplers.add(new Sampler("DEISMultistepScheduler", "\"solver_order\": 3", 0));
    samplers.add(new Sampler("HeunDiscreteScheduler", "\"clip_sample\": true", 0));
    return samplers;
  }

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
    scope = new ArrayScope();
    fixtures = new SchedulerFixtures(manager);
  }

  @AfterEach
  void close() {
    scope.close();
    manager.close();
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void timestepsDescendWithinTheTrainedOnes(Sampler sampler) {
    try (Scheduler scheduler = started(sampler)) {
      double[] timesteps = scheduler.timesteps();

      assertThat(timesteps).hasSizeGreaterThanOrEqualTo(STEPS);
      if (!sampler.scheduler().equals("EDMEulerScheduler")) { // whose timesteps are log(sigma) / 4
        assertThat(timesteps[0]).isLessThanOrEqualTo(999);
        assertThat(timesteps[timesteps.length - 1]).isGreaterThanOrEqualTo(0);
      }
      // KDPM2 rounds where a step starts, and not where it calls the model again.
      for (int i = 1; i < timesteps.length; i++) {
        assertThat(timesteps[i]).isLessThanOrEqualTo(timesteps[i - 1] + 0.5);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void guidanceVarianceIsPositiveAndDescendsWithTheTimesteps(Sampler sampler) {
    try (Scheduler scheduler = started(sampler)) {
      for (int i = 0; i < scheduler.timesteps().length; i++) {
        assertThat(scheduler.guidanceVariance(i)).isPositive();
        if (i > 0) {
          assertThat(scheduler.guidanceVariance(i))
              .isLessThanOrEqualTo(scheduler.guidanceVariance(i - 1));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void everyStepKeepsShapeAndType(Sampler sampler) {
    try (Scheduler scheduler = started(sampler)) {
      for (NDArray latents : fixtures.run(scheduler)) {
        assertThat(latents.getShape()).isEqualTo(new Shape(2, 4, 4, 4));
        assertThat(latents.getDataType()).isEqualTo(DataType.FLOAT32);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void rowsDoNotDependOnTheirBatch(Sampler sampler) {
    try (Scheduler together = started(sampler);
        Scheduler alone = started(sampler)) {
      assertSame(last(fixtures.run(together)).get("1:2"), last(fixtures.run(alone, "1:2")));
    }
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void aNewRunForgetsTheOneBefore(Sampler sampler) {
    try (Scheduler scheduler = started(sampler)) {
      NDArray first = last(fixtures.run(scheduler));
      scheduler.setTimesteps(STEPS);

      assertSame(last(fixtures.run(scheduler)), first);
    }
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void aClosedSchedulerCanStartAgain(Sampler sampler) {
    try (Scheduler scheduler = started(sampler)) {
      NDArray first = last(fixtures.run(scheduler));
      scheduler.close();
      scheduler.close();
      scheduler.setTimesteps(STEPS);

      assertSame(last(fixtures.run(scheduler)), first);
    }
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void whatIsRememberedOutlivesTheManagersOfTheSteps(Sampler sampler) {
    try (Scheduler expected = started(sampler);
        Scheduler scheduler = started(sampler)) {
      NDArray sample = fixtures.noise(0).mul((float) scheduler.initNoiseSigma());
      List<NDArray> inputs = new ArrayList<>();
      for (int i = 0; i < scheduler.timesteps().length; i++) {
        sample = stepInItsOwnManager(scheduler, i, sample, inputs);
      }

      assertThat(inputs).allMatch(NDArray::isReleased);
      assertSame(sample, last(fixtures.run(expected)));
    }
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void theResultBelongsToTheCaller(Sampler sampler) {
    try (Scheduler scheduler = started(sampler);
        NDManager own = manager.newSubManager()) {
      for (int i = 0; i < scheduler.timesteps().length; i++) {
        NDArray sample = noiseIn(own, 0);
        NDArray result = scheduler.step(noiseIn(own, 1), i, sample, noiseIn(own, 2));

        assertThat(result.getManager()).isSameAs(own);
        assertThat(sample.isReleased()).isFalse();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void noiseIsCountedByTheStepsThatTakeIt(Sampler sampler) {
    try (Scheduler scheduler = started(sampler)) {
      int taken = 0;
      for (int i = 0; i < scheduler.timesteps().length; i++) {
        taken += scheduler.takesNoise(i) ? 1 : 0;
      }
      assertThat(scheduler.noisePerRun()).isEqualTo(taken).isIn(0, STEPS - 1, STEPS, 2 * STEPS - 2);
    }
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void stepsOfTwoCallsEndWithOne(Sampler sampler) {
    try (Scheduler scheduler = started(sampler)) {
      if (!sampler.scheduler().equals("PNDMScheduler")) { // which repeats timesteps
        assertThat(scheduler.timesteps())
            .hasSize(STEPS * scheduler.order() - (scheduler.order() - 1));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void impossibleStepCountsAreRefused(Sampler sampler) {
    try (Scheduler scheduler = sampler.create()) {
      assertThatThrownBy(scheduler::timesteps)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("setTimesteps");
      assertThatThrownBy(() -> scheduler.setTimesteps(0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("num_inference_steps is 0");
      assertThatThrownBy(() -> scheduler.setTimesteps(1001))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("num_inference_steps is 1001")
          .hasMessageContaining("1000");
    }
  }

  private Scheduler started(Sampler sampler) {
    Scheduler scheduler = sampler.create();
    scheduler.setTimesteps(STEPS);
    return scheduler;
  }

  private NDArray stepInItsOwnManager(
      Scheduler scheduler, int i, NDArray sample, List<NDArray> inputs) {
    try (NDManager own = manager.newSubManager();
        ArrayScope stepScope = new ArrayScope()) {
      NDArray input = sample.duplicate();
      input.attach(own);
      NDArray output =
          fixtures.model(scheduler.scaleModelInput(input, i), scheduler.timesteps()[i]);
      inputs.addAll(List.of(input, output));
      NDArray result = scheduler.step(output, i, input, fixtures.noiseOf(scheduler, i));
      result.attach(manager);
      return stepScope.keep(result);
    }
  }

  private NDArray noiseIn(NDManager owner, int draw) {
    NDArray noise = fixtures.noise(draw).duplicate();
    noise.attach(owner);
    return noise;
  }

  private static NDArray last(List<NDArray> trajectory) {
    return trajectory.get(trajectory.size() - 1);
  }

  private static void assertSame(NDArray actual, NDArray expected) {
    assertThat(actual.toFloatArray()).containsExactly(expected.toFloatArray(), within(1e-6f));
  }
}
