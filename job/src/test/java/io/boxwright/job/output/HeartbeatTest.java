package io.boxwright.job.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.FullDisk;
import io.boxwright.testing.LogLines;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HeartbeatTest {

  private static final Duration INTERVAL = Duration.ofMillis(20);

  private final AtomicInteger beats = new AtomicInteger();
  private final CountDownLatch enough = new CountDownLatch(12);

  /** Three good beats, then a full disk for three, and all again. */
  private void beat() {
    enough.countDown();
    if (beats.getAndIncrement() / 3 % 2 == 1) {
      throw FullDisk.error();
    }
  }

  @Test
  void errorsDoNotEndItAndAreSaidOnce() throws Exception {
    try (LogLines log = LogLines.of(Heartbeat.class);
        Heartbeat heartbeat = new Heartbeat("write it", INTERVAL, this::beat)) {
      assertThat(enough.await(30, TimeUnit.SECONDS)).isTrue();
      heartbeat.close();

      assertThat(log.lines().subList(0, 3))
          .satisfiesExactly(
              line -> assertThat(line).contains("Cannot write it", "No space left on device"),
              line -> assertThat(line).isEqualTo("This works again: write it"),
              line -> assertThat(line).contains("Cannot write it"));
    }
  }

  @Test
  void afterItIsClosedNothingIsDone() throws Exception {
    Heartbeat heartbeat = new Heartbeat("write it", INTERVAL, this::beat);
    assertThat(enough.await(30, TimeUnit.SECONDS)).isTrue();

    heartbeat.close();

    int before = beats.get();
    Thread.sleep(10 * INTERVAL.toMillis());
    assertThat(beats).hasValue(before);
  }
}
