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
 * The values that running tasks have added to accumulators so far, as of their executors' last
 * heartbeats. Spark itself adds them only when a task has succeeded.
 */
final class RunningTasks extends SparkListener {

  /** Values by accumulator, by task. */
  private final Map<Long, Map<Long, List<Object>>> updates = new ConcurrentHashMap<>();

  /**
   * Returns the values that running tasks added to an accumulator.
   *
   * @param except tasks whose values are in the accumulator already: Spark adds them shortly before
   *     it reports the end of the task
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

  /** Updates running tasks; a heartbeat that arrives after its task's end is ignored. */
  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate event) {
    Iterator<? extends Tuple4<?, ?, ?, ?>> tasks = event.accumUpdates().iterator();
    while (tasks.hasNext()) {
      Tuple4<?, ?, ?, ?> task = tasks.next();
      updates.computeIfPresent(
          (Long) task._1(), (id, before) -> groupByAccumulator((Seq<?>) task._4()));
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    updates.remove(event.taskInfo().taskId());
  }

  /**
   * Groups values by accumulator. A task may hold several copies of one, each with its own values.
   */
  private static Map<Long, List<Object>> groupByAccumulator(Seq<?> accumulables) {
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
