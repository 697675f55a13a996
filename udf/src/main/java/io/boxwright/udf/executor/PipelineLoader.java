package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.PipelineFiles;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.LayoutGuidanceStableDiffusionPipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.files.NativeLibraries;
import io.boxwright.torch.LibTorch;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads the pipeline of an executor. Implementations have a public constructor without arguments,
 * and the executor keeps one pipeline for each class of loader.
 */
public interface PipelineLoader extends Serializable {

  /** Loads a folder; called once per executor, model, options and device. */
  ImagePipeline load(Path folder, PretrainedOptions options);

  /**
   * The files that {@link #load} reads, by their paths relative to the folder: what a model is.
   * They are hashed whole on the driver, and again on executors before they are loaded. Without
   * another implementation those of a diffusers folder.
   *
   * @param variant which weight files, such as {@code fp16}; null for the plain ones
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what the folder lacks
   */
  default List<String> files(Path folder, String variant) {
    return PipelineFiles.of(folder, variant);
  }

  /** Loads a {@link LayoutGuidanceStableDiffusionPipeline}. */
  final class LayoutGuidance implements PipelineLoader {

    private static final long serialVersionUID = 1;

    @Override
    public ImagePipeline load(Path folder, PretrainedOptions options) {
      NativeLibraries.folder(); // or says what is wrong, which initializers of classes hide
      DeviceType.requireUsable(options.device());
      if (!options.device().isGpu()) {
        useAllCores();
      }
      return LayoutGuidanceStableDiffusionPipeline.fromPretrained(folder, options);
    }

    /** One batch runs at a time, so it may have all cores; OMP_NUM_THREADS says otherwise. */
    private static void useAllCores() {
      if (System.getenv("OMP_NUM_THREADS") == null) {
        LibTorch.setNumThreads(ExecutorPipelines.cores());
      }
    }
  }
}
