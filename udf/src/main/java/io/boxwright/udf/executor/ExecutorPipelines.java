package io.boxwright.udf.executor;

import ai.djl.Device;
import io.boxwright.diffusion.loading.HashedFolder;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.text.Redaction;
import io.boxwright.udf.counters.GenerationCounters;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.apache.spark.util.TaskCompletionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipelines of this executor: one for each model, options and device, loaded by the first task
 * that asks for it and kept for all tasks and jobs until the process ends, which frees it. Only if
 * another model has the same name later, the pipeline of the old one is closed, as soon as no task
 * uses it.
 */
public final class ExecutorPipelines {

  private static final Logger LOG = LoggerFactory.getLogger(ExecutorPipelines.class);
  private static final Map<Place, SharedPipeline> PIPELINES = new ConcurrentHashMap<>();

  private ExecutorPipelines() {}

  /** A key under which there is one pipeline at a time. */
  private record Place(
      String model,
      PretrainedOptions options,
      List<String> additions,
      Class<? extends PipelineLoader> loader) {}

  /**
   * Returns the pipeline for the running task, which may use it until the task ends. It is on the
   * GPU that Spark assigned to the task or, if it assigned none, on one of {@link LocalGpus}. Each
   * task calls this once.
   *
   * @param counters the counters, which record whether the pipeline was loaded
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the file, if the model on
   *     this host is not the one that the driver found
   */
  public static LoadedPipeline get(PipelineSpec spec, GenerationCounters counters) {
    TaskContext task = TaskContext.get();
    PretrainedOptions options = spec.pretrainedOptions(device(spec.deviceType(), task));
    Place place =
        new Place(spec.model().name(), options, spec.describeAdditions(), spec.loader().getClass());
    SharedPipeline pipeline =
        PIPELINES.compute(place, (key, present) -> take(present, spec, options, counters));
    TaskCompletionListener release = ended -> pipeline.release();
    task.addTaskCompletionListener(release);
    return pipeline.loaded();
  }

  /**
   * Returns the present pipeline if it is the right one, otherwise a new one, with one more user.
   */
  private static SharedPipeline take(
      SharedPipeline present,
      PipelineSpec spec,
      PretrainedOptions options,
      GenerationCounters counters) {
    if (present != null && isSame(present, spec) && present.use()) {
      return present;
    }
    HashedFolder model = spec.verify();
    if (present != null) {
      present.letGo(); // before the new one needs the memory
    }
    SharedPipeline loaded = new SharedPipeline(load(spec, model, options, counters), model);
    loaded.use();
    return loaded;
  }

  private static boolean isSame(SharedPipeline present, PipelineSpec spec) {
    return present.files().fingerprint().equals(spec.fingerprint())
        && !present.files().isOverwritten();
  }

  /** Returns the number of cores that this executor may use. */
  static int cores() {
    int machine = Runtime.getRuntime().availableProcessors();
    SparkConf conf = SparkEnv.get().conf();
    return Math.min(machine, conf.getInt("spark.executor.cores", machine));
  }

  private static LoadedPipeline load(
      PipelineSpec spec,
      HashedFolder model,
      PretrainedOptions options,
      GenerationCounters counters) {
    String name = Redaction.of(spec.model().name());
    LOG.info("Loading {} on {}", name, DeviceType.describe(options.device()));
    long start = System.nanoTime();
    ImagePipeline pipeline = spec.loader().load(model.folder(), options);
    requireUnchanged(spec, model, pipeline);
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    LOG.info("Loaded {} in {} s", name, time.toSeconds());
    String device = DeviceType.name(options.device());
    counters.addLoad("executor %s on %s".formatted(SparkEnv.get().executorId(), device), time);
    return new LoadedPipeline(pipeline, options.device());
  }

  private static void requireUnchanged(
      PipelineSpec spec, HashedFolder model, ImagePipeline pipeline) {
    try {
      model.requireUnchanged();
      spec.verifyAdditions();
    } catch (ModelLoadingException e) {
      pipeline.close();
      throw e;
    }
  }

  /** Chooses the device of a task. */
  static Device device(DeviceType type, TaskContext task) {
    Optional<String> gpu =
        type == DeviceType.CPU
            ? Optional.empty()
            : assignedGpu(task).or(() -> LocalGpus.ofMachine().assign(task));
    return type.device(gpu);
  }

  private static Optional<String> assignedGpu(TaskContext task) {
    ResourceInformation gpu = task.resourcesJMap().get("gpu");
    return gpu == null ? Optional.empty() : Optional.of(gpu.addresses()[0]);
  }
}
