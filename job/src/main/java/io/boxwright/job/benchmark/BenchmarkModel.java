package io.boxwright.job.benchmark;

import io.boxwright.diffusion.loading.ModelCache;
import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.RandomModel;
import io.boxwright.diffusion.pipelines.LayoutGuidanceStableDiffusionPipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.diffusion.schedulers.SchedulerConfig;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.executor.ModelFolder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A model to measure.
 *
 * @param name what a person calls it
 * @param folder its configurations, and its weights if it has any
 * @param options how it is loaded
 * @param loader how its weights come about
 */
public record BenchmarkModel(
    String name,
    Path folder,
    PretrainedOptions options,
    BiFunction<Path, PretrainedOptions, LayoutGuidanceStableDiffusionPipeline> loader) {

  /**
   * Finds a model: a {@link RandomModel} such as {@code random:sd15}, else a {@link ModelFolder}.
   *
   * @param cache where it is copied to if it comes from elsewhere
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the model that there is not
   */
  public static BenchmarkModel of(String name, Path cache, PretrainedOptions options) {
    Optional<RandomModel> random = RandomModel.named(name);
    return random.isPresent()
        ? new BenchmarkModel(
            name,
            random.get().folder(new ModelCache(cache)),
            options,
            LayoutGuidanceStableDiffusionPipeline::fromConfig)
        : new BenchmarkModel(
            name,
            ModelFolder.of(name, cache).localize(),
            options,
            LayoutGuidanceStableDiffusionPipeline::fromPretrained);
  }

  /**
   * Loads it.
   *
   * @return a pipeline that the caller closes
   * @throws IllegalArgumentException naming the device that cannot be used
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what is missing or not
   *     supported
   */
  LayoutGuidanceStableDiffusionPipeline load() {
    DeviceType.requireUsable(options.device());
    return loader.apply(folder, options);
  }

  /** The class name of its own scheduler. */
  String scheduler() {
    Path scheduler = ModelIndex.open(folder).part("scheduler");
    return SchedulerConfig.read(scheduler.resolve("scheduler_config.json")).className();
  }
}
