package io.boxwright.testing;

import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.udf.executor.PipelineLoader;
import java.nio.file.Path;

/** Fails as with a model whose weights are wrong, which only executors find out. */
public final class BrokenLoader implements PipelineLoader {

  private static final long serialVersionUID = 1;

  @Override
  public ImagePipeline load(Path folder, PretrainedOptions options) {
    throw new ModelLoadingException("Cannot load unet: missing tensor conv_in.weight");
  }
}
