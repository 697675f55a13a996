package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StageTimerTest {

  private static final Duration PAUSE = Duration.ofMillis(30);

  private final StageTimer timer = new StageTimer();

  private static void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void timeSinceTheLastLapGoesToTheStage() {
    timer.start();
    pause();
    timer.lap(Stage.ENCODE);
    timer.lap(Stage.DENOISE);
    pause();
    timer.lap(Stage.ENCODE);

    assertThat(timer.times().get(Stage.ENCODE)).isGreaterThanOrEqualTo(PAUSE.multipliedBy(2));
    assertThat(timer.times().get(Stage.DENOISE)).isLessThan(PAUSE);
  }

  @Test
  void aStageHasTheTimeThatItsDeviceStillNeeds() {
    timer.start();
    timer.waitBeforeLaps(StageTimerTest::pause);
    timer.lap(Stage.DENOISE);

    assertThat(timer.times().get(Stage.DENOISE)).isGreaterThanOrEqualTo(PAUSE);
  }
}
