package io.boxwright.testing;

import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.udf.executor.PipelineLoader;
import java.nio.file.Path;

/**
 * Loads the real pipeline on the CPU, whatever device Spark assigned: made-up GPUs compute little.
 */
public final class CpuLoader implements PipelineLoader {

  private static final long serialVersionUID = 1;

  @Override
  public ImagePipeline load(Path folder, PretrainedOptions options) {
    return new LayoutGuidance().load(folder, PretrainedOptions.cpu());
  }
}
