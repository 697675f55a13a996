package io.boxwright.udf.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PipelineThreadTest {

  private final PipelineThread thread = new PipelineThread("pipeline-test");

  @Test
  void allWorkIsDoneInOneThreadWhoeverAsks() {
    List<Thread> threads =
        IntStream.range(0, 4)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> thread.run(Thread::currentThread)))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .distinct()
            .toList();

    assertThat(threads).singleElement().extracting(Thread::getName).isEqualTo("pipeline-test");
  }

  @Test
  void failuresOfTheWorkReachWhoAsked() {
    assertThatThrownBy(
            () ->
                thread.run(
                    () -> {
                      throw new IllegalStateException("broken");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("broken");
    assertThat(thread.run(() -> "still there")).isEqualTo("still there");
  }

  @Test
  void interruptedCallersWaitForTheirResultAndStayInterrupted() {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CompletableFuture<String> result = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              String value =
                  thread.run(
                      () -> {
                        started.countDown();
                        await(interrupted);
                        return "done";
                      });
              result.complete(value + Thread.currentThread().isInterrupted());
            });
    caller.start();
    await(started);
    caller.interrupt();
    interrupted.countDown();

    assertThat(result.join()).isEqualTo("donetrue");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
