package io.boxwright.diffusion.pipelines;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * Times the stages of a pipeline, summed over its calls. Unless told to, it waits for no device:
 * what a GPU was given in one stage counts where it is waited for, that is in guidance, which asks
 * once a step which rows are finished, at the end of the denoising, and where images are fetched.
 */
final class StageTimer {

  private final Map<Stage, Duration> times = new EnumMap<>(Stage.class);
  private Runnable waitForDevice = () -> {};
  private long lapStart;

  /** Says how to wait, from now on, for the device before the time of a stage is taken. */
  synchronized void waitBeforeLaps(Runnable wait) {
    waitForDevice = wait;
  }

  /** Begins a call. */
  synchronized void start() {
    lapStart = System.nanoTime();
  }

  /** Says that the time since the last lap or the start went into a stage. */
  synchronized void lap(Stage stage) {
    waitForDevice.run();
    long now = System.nanoTime();
    times.merge(stage, Duration.ofNanos(now - lapStart), Duration::plus);
    lapStart = now;
  }

  /** The time that went into each stage so far. */
  synchronized Map<Stage, Duration> times() {
    return new EnumMap<>(times);
  }
}
