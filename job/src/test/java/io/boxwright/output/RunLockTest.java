package io.boxwright.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.output.RunLock.Holder;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {

  @TempDir private Path folder;
  private RunFolder run;

  @BeforeEach
  void openFolder() {
    run = RunFolder.of(new Configuration(), folder.toString());
  }

  private static Holder elsewhere(Instant heartbeat) {
    return new Holder("token", "another-host", 1, "unknown", "app-1", heartbeat.toString());
  }

  @Test
  void onAnotherHostSignsOfLifeCount() {
    assertThat(elsewhere(Instant.now()).alive()).isTrue();
    assertThat(elsewhere(Instant.now().minus(RunLock.STALE)).alive()).isFalse();
  }

  @Test
  void aProcessThatHasTheNumberOfADeadOneIsAnother() {
    Holder self = Holder.self("app-1");
    Holder earlier =
        new Holder("t", self.host(), self.pid(), "2001-01-01T00:00:00Z", "app-1", self.heartbeat());

    assertThat(self.alive()).isTrue();
    assertThat(earlier.alive()).isFalse();
  }

  @Test
  void whoLosesTheLockNoticesAndLeavesItAlone() {
    RunLock lock = RunLock.take(run, "app-2");
    run.write(RunFolder.LOCK, elsewhere(Instant.now()));

    assertThatThrownBy(lock::renew)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another-host");
    lock.close();
    assertThat(RunLock.holder(run)).isPresent();
  }

  @Test
  void renewingIsASignOfLife() {
    RunLock lock = RunLock.take(run, "app-2");
    Instant before = Instant.parse(RunLock.holder(run).orElseThrow().heartbeat());

    lock.renew();

    assertThat(Instant.parse(RunLock.holder(run).orElseThrow().heartbeat())).isAfter(before);
    lock.close();
    assertThat(RunLock.holder(run)).isEmpty();
  }
}
