package io.boxwright.spark;

import ai.djl.Device;
import io.boxwright.pipelines.ImagePipeline;
import io.boxwright.pipelines.PretrainedOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipelines of this executor: one for each folder, options and device, loaded by the first task
 * that asks and kept for all tasks and jobs until the process ends. Never closed: the process's end
 * frees them.
 */
final class ExecutorPipelines {

  private static final Logger LOG = LoggerFactory.getLogger(ExecutorPipelines.class);
  private static final Map<Key, LoadedPipeline> PIPELINES = new ConcurrentHashMap<>();

  private ExecutorPipelines() {}

  private record Key(
      String model, PretrainedOptions options, Class<? extends PipelineLoader> loader) {}

  /**
   * The pipeline for the running task, on the GPU that Spark assigned to it or, where it assigned
   * none, on one of {@link LocalGpus}. To be called once a task.
   *
   * @param counters are told if the pipeline had to be loaded
   */
  static LoadedPipeline get(PipelineSpec spec, GenerationCounters counters) {
    PretrainedOptions options = spec.pretrainedOptions(device(spec, TaskContext.get()));
    Key key = new Key(spec.model().name(), options, spec.loader().getClass());
    return PIPELINES.computeIfAbsent(key, missing -> load(spec, options, counters));
  }

  /** How many cores this executor may use. */
  static int cores() {
    int machine = Runtime.getRuntime().availableProcessors();
    SparkConf conf = SparkEnv.get().conf();
    return Math.min(machine, conf.getInt("spark.executor.cores", machine));
  }

  private static LoadedPipeline load(
      PipelineSpec spec, PretrainedOptions options, GenerationCounters counters) {
    String name = spec.model().name();
    LOG.info("Loading {} on {}", name, options.device());
    long start = System.nanoTime();
    ImagePipeline pipeline = spec.loader().load(spec.model().localize(), options);
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    LOG.info("Loaded {} in {} s", name, time.toSeconds());
    String device = DeviceType.name(options.device());
    counters.loaded("executor %s on %s".formatted(SparkEnv.get().executorId(), device), time);
    return new LoadedPipeline(pipeline, options.device());
  }

  private static Device device(PipelineSpec spec, TaskContext task) {
    Optional<String> gpu =
        spec.deviceType() == DeviceType.CPU
            ? Optional.empty()
            : assignedGpu(task).or(() -> LocalGpus.ofMachine().assign(task));
    return spec.deviceType().device(gpu);
  }

  private static Optional<String> assignedGpu(TaskContext task) {
    ResourceInformation gpu = task.resourcesJMap().get("gpu");
    return gpu == null ? Optional.empty() : Optional.of(gpu.addresses()[0]);
  }
}
