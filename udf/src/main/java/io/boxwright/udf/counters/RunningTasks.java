package io.boxwright.udf.counters;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import scala.Option;
import scala.Tuple4;
import scala.collection.Iterator;
import scala.collection.Seq;

/**
 * What running tasks have added to accumulators so far, as of their executors' last heartbeats.
 * Spark itself adds it only when a task has ended well.
 */
final class RunningTasks extends SparkListener {

  /** Values by accumulator, by task. */
  private final Map<Long, Map<Long, List<Object>>> updates = new ConcurrentHashMap<>();

  /**
   * What running tasks added to an accumulator.
   *
   * @param except tasks whose additions are in the accumulator already: Spark adds them shortly
   *     before it says that the task has ended
   */
  Stream<Object> values(long accumulator, Collection<Long> except) {
    return updates.entrySet().stream()
        .filter(task -> !except.contains(task.getKey()))
        .flatMap(task -> task.getValue().getOrDefault(accumulator, List.of()).stream());
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart event) {
    updates.put(event.taskInfo().taskId(), Map.of());
  }

  /** A heartbeat can arrive after its task's end; that task is not running any more. */
  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate event) {
    Iterator<? extends Tuple4<?, ?, ?, ?>> tasks = event.accumUpdates().iterator();
    while (tasks.hasNext()) {
      Tuple4<?, ?, ?, ?> task = tasks.next();
      updates.computeIfPresent((Long) task._1(), (id, before) -> byAccumulator((Seq<?>) task._4()));
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    updates.remove(event.taskInfo().taskId());
  }

  /** A task may hold several copies of one accumulator; each has values of its own. */
  private static Map<Long, List<Object>> byAccumulator(Seq<?> accumulables) {
    Map<Long, List<Object>> values = new HashMap<>();
    Iterator<?> iterator = accumulables.iterator();
    while (iterator.hasNext()) {
      AccumulableInfo accumulable = (AccumulableInfo) iterator.next();
      Option<Object> update = accumulable.update();
      if (update.isDefined()) {
        values.computeIfAbsent(accumulable.id(), id -> new ArrayList<>()).add(update.get());
      }
    }
    return values;
  }
}
