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
 * A loader of an executor's pipeline. Implementations have a public constructor without arguments,
 * and the executor keeps one pipeline for each class of loader.
 */
public interface PipelineLoader extends Serializable {

  /** Loads a folder; called once per executor, model, options and device. */
  ImagePipeline load(Path folder, PretrainedOptions options);

  /**
   * Lists the files that {@link #load} reads, by their paths relative to the folder. They identify
   * a model: the driver hashes all of them, and executors do so again before they load them. The
   * default is the files of a diffusers folder.
   *
   * @param variant the variant of the weight files, such as {@code fp16}; null for the plain ones
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what the folder lacks
   */
  default List<String> files(Path folder, String variant) {
    return PipelineFiles.of(folder, variant);
  }

  /** A loader of {@link LayoutGuidanceStableDiffusionPipeline}s. */
  final class LayoutGuidance implements PipelineLoader {

    private static final long serialVersionUID = 1;

    @Override
    public ImagePipeline load(Path folder, PretrainedOptions options) {
      NativeLibraries.folder(); // fails with a clear message, which class initializers would hide
      DeviceType.requireUsable(options.device());
      if (!options.device().isGpu()) {
        useAllCores();
      }
      return LayoutGuidanceStableDiffusionPipeline.fromPretrained(folder, options);
    }

    /** Gives all cores to a batch, because one runs at a time; OMP_NUM_THREADS overrides this. */
    static void useAllCores() {
      if (System.getenv("OMP_NUM_THREADS") == null) {
        LibTorch.setNumThreads(ExecutorPipelines.cores());
      }
    }
  }
}
