package io.boxwright.job.benchmark;

import io.boxwright.diffusion.loading.ModelCache;
import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.ModelLoadingException;
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
 * @param name the model's name for people
 * @param folder the folder of the model's configurations, and of its weights if it has any
 * @param options the options of loading
 * @param loader the function that makes a pipeline of the folder, with its weights
 */
public record BenchmarkModel(
    String name,
    Path folder,
    PretrainedOptions options,
    BiFunction<Path, PretrainedOptions, LayoutGuidanceStableDiffusionPipeline> loader) {

  /**
   * Finds a model: a {@link RandomModel} such as {@code random:sd15}, otherwise a {@link
   * ModelFolder}.
   *
   * @param model the model by its name
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the model that does not
   *     exist
   */
  public static BenchmarkModel of(ModelFolder model, PretrainedOptions options) {
    String name = model.name();
    Optional<RandomModel> random = RandomModel.named(name);
    if (random.isPresent() && model.tokenizer() != null) {
      throw new ModelLoadingException(
          "Cannot use the tokenizer %s: %s has its own".formatted(model.tokenizer(), name));
    }
    return random.isPresent()
        ? new BenchmarkModel(
            name,
            random.get().folder(new ModelCache(Path.of(model.cache()))),
            options,
            LayoutGuidanceStableDiffusionPipeline::fromConfig)
        : new BenchmarkModel(
            name, model.localize(), options, LayoutGuidanceStableDiffusionPipeline::fromPretrained);
  }

  /**
   * Loads the model.
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

  /** Returns the class name of the model's own scheduler. */
  String scheduler() {
    Path scheduler = ModelIndex.open(folder).part("scheduler");
    return SchedulerConfig.read(scheduler.resolve("scheduler_config.json")).className();
  }
}
