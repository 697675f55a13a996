package io.boxwright.threads;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DaemonThreadsTest {

  @Test
  void theirThreadsHaveTheNameAndLetTheProcessEnd() {
    Thread thread = DaemonThreads.named("watch").newThread(() -> {});

    assertThat(thread.getName()).isEqualTo("watch");
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getState()).isEqualTo(Thread.State.NEW);
  }
}
