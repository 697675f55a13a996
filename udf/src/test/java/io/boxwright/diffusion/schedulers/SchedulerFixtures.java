package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.torch.TorchKernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The runs that {@code scheduler_fixtures.py} recorded, and the model that it ran them with. */
final class SchedulerFixtures {

  private static final Path FOLDER = Path.of("src/test/resources/fixtures/schedulers");
  private static final int DRAWS = 40;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private final StateDict tensors;

  /** Opens the fixtures; {@code manager} owns what is taken from them. */
  SchedulerFixtures(NDManager manager) {
    tensors = StateDict.open("fixtures", FOLDER, "trajectories", null, manager, DataType.FLOAT32);
  }

  /** One recorded run. */
  record Case(
      String name,
      String scheduler,
      SchedulerConfig config,
      double eta,
      int steps,
      List<Integer> ownTimesteps,
      List<Double> ownSigmas,
      double initNoiseSigma,
      double[] timesteps) {

    /** The steps that the run was started with. */
    InferenceSteps inferenceSteps() {
      if (ownTimesteps != null) {
        return InferenceSteps.ofTimesteps(ownTimesteps);
      }
      return ownSigmas == null ? InferenceSteps.of(steps) : InferenceSteps.ofSigmas(ownSigmas);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** All recorded runs. */
  static List<Case> cases() {
    try {
      return JSON.readValue(FOLDER.resolve("cases.json").toFile(), new TypeReference<>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The configuration that a JSON text holds. */
  static SchedulerConfig config(String json) {
    try {
      return JSON.readValue(json, SchedulerConfig.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first row's latents after each step of a recorded run: (steps, 1, 4, 4, 4). */
  NDArray trajectory(Case run) {
    return tensors.tensor(run.name(), run.timesteps().length, 1, 4, 4, 4);
  }

  /** The noise of a draw, 0 for the initial one: (2, 4, 4, 4). */
  NDArray noise(int draw) {
    return tensors.tensor("noise", DRAWS, 2, 4, 4, 4).get(draw);
  }

  /** The latents after each step of a run, both rows at once: (2, 4, 4, 4) each. */
  List<NDArray> run(Scheduler scheduler) {
    return run(scheduler, "0:2");
  }

  /** The latents after each step of a run of some rows, such as {@code 1:2}. */
  List<NDArray> run(Scheduler scheduler, String rows) {
    NDArray sample = TorchKernels.scale(scheduler.initNoiseSigma(), noise(0).get(rows));
    List<NDArray> trajectory = new ArrayList<>();
    for (int i = 0; i < scheduler.timesteps().length; i++) {
      NDArray output = model(scheduler.scaleModelInput(sample, i), scheduler.timesteps()[i]);
      NDArray noise = noiseOf(scheduler, i);
      sample = scheduler.step(output, i, sample, noise == null ? null : noise.get(rows));
      trajectory.add(sample);
    }
    return trajectory;
  }

  /** The noise that step {@code i} takes, in the order of the draws, or null: (2, 4, 4, 4). */
  NDArray noiseOf(Scheduler scheduler, int i) {
    long draw = IntStream.rangeClosed(0, i).filter(scheduler::takesNoise).count();
    return scheduler.takesNoise(i) ? noise((int) draw) : null;
  }

  /** What stands in for a UNet: 0.3 x + 0.2 sin(t / 150) + bias. */
  NDArray model(NDArray input, double timestep) {
    NDArray bias = tensors.tensor("bias", 1, 4, 4, 4);
    return input.mul(0.3f).add(0.2f * (float) Math.sin(timestep / 150)).add(bias);
  }
}
