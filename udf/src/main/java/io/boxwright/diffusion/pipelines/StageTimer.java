package io.boxwright.diffusion.pipelines;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * A timer of the stages of a pipeline, summed over its calls. By default it does not wait for the
 * device. Then the GPU's work of one stage counts in the stage that waits for it. Guidance waits
 * once per step, when it asks which rows are finished; other waits are at the end of the denoising
 * and where images are fetched.
 */
final class StageTimer {

  private final Map<Stage, Duration> times = new EnumMap<>(Stage.class);
  private Runnable waitForDevice = () -> {};
  private long lapStart;

  /** Sets the way to wait for the device, from now on, before the time of a stage is taken. */
  synchronized void waitBeforeLaps(Runnable wait) {
    waitForDevice = wait;
  }

  /** Starts the first lap of a call. */
  synchronized void start() {
    lapStart = System.nanoTime();
  }

  /** Adds the time since the last lap or the start to a stage. */
  synchronized void lap(Stage stage) {
    waitForDevice.run();
    long now = System.nanoTime();
    times.merge(stage, Duration.ofNanos(now - lapStart), Duration::plus);
    lapStart = now;
  }

  /** Returns the time that each stage has taken so far. */
  synchronized Map<Stage, Duration> times() {
    return new EnumMap<>(times);
  }
}
