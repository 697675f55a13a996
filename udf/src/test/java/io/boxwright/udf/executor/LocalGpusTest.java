package io.boxwright.udf.executor;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.TaskContext$;
import org.apache.spark.TaskContextImpl;
import org.junit.jupiter.api.Test;
import scala.Option;

class LocalGpusTest {

  private final LocalGpus gpus = new LocalGpus(2);

  private static TaskContextImpl task() {
    return TaskContext$.MODULE$.empty();
  }

  @Test
  void tasksAreSpreadEvenly() {
    assertThat(gpus.assign(task())).contains("0");
    assertThat(gpus.assign(task())).contains("1");
    assertThat(gpus.assign(task())).contains("0");
  }

  @Test
  void theGpuOfATaskThatEndedIsFreeAgain() {
    gpus.assign(task());
    TaskContextImpl second = task();
    gpus.assign(second);

    second.markTaskCompleted(Option.empty());

    assertThat(gpus.assign(task())).contains("1");
  }

  @Test
  void withoutGpusThereIsNone() {
    assertThat(new LocalGpus(0).assign(task())).isEmpty();
  }
}
