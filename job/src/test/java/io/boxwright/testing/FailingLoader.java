package io.boxwright.testing;

import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import io.boxwright.diffusion.pipelines.PretrainedOptions;
import io.boxwright.udf.executor.PipelineLoader;
import java.nio.file.Path;
import java.util.List;

/** Loads a pipeline that refuses empty prompts and fails with all others, as a lost GPU does. */
public final class FailingLoader implements PipelineLoader {

  private static final long serialVersionUID = 1;

  @Override
  public ImagePipeline load(Path folder, PretrainedOptions options) {
    return new Failing();
  }

  private static final class Failing extends PipelineWithoutModel {

    @Override
    public List<GeneratedImage> generate(
        List<GenerationRequest> requests, GenerationOptions options, Guidance guidance) {
      try {
        Thread.sleep(5); // as long as it takes to find out
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      throw new IllegalStateException("device lost");
    }
  }
}
