package io.boxwright.diffusion.schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.torch.ArrayScope;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole runs against those that diffusers made of the same configurations and noise. */
class SchedulerTrajectoryTest {

  private static final double RELATIVE = 1e-4;

  static List<SchedulerFixtures.Case> cases() {
    return SchedulerFixtures.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void followsDiffusers(SchedulerFixtures.Case run) {
    try (NDManager manager = NDManager.newBaseManager();
        ArrayScope ignored = new ArrayScope();
        Scheduler scheduler = Schedulers.create(run.scheduler(), run.config(), run.eta())) {
      SchedulerFixtures fixtures = new SchedulerFixtures(manager);
      scheduler.setTimesteps(run.inferenceSteps());

      assertThat(scheduler.timesteps()).hasSameSizeAs(run.timesteps());
      for (int i = 0; i < run.timesteps().length; i++) {
        assertThat(scheduler.timesteps()[i])
            .isCloseTo(run.timesteps()[i], within(timestepError(run.timesteps()[i])));
      }
      assertThat(scheduler.initNoiseSigma())
          .isCloseTo(run.initNoiseSigma(), within(1e-5 * run.initNoiseSigma()));
      assertFollows(fixtures.run(scheduler, "0:1"), fixtures.trajectory(run));
    }
  }

  /** Whole timesteps are exact; fractional ones come from logarithms of float32 numbers. */
  private static double timestepError(double timestep) {
    return timestep == Math.rint(timestep) ? 0 : 2e-4;
  }

  private static void assertFollows(List<NDArray> trajectory, NDArray expected) {
    for (int i = 0; i < trajectory.size(); i++) {
      double scale = expected.get(i).abs().max().getFloat();
      double error = trajectory.get(i).sub(expected.get(i)).abs().max().getFloat();
      assertThat(error).as("error after step %d", i).isLessThanOrEqualTo(RELATIVE * scale);
    }
  }
}
