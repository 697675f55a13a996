package io.boxwright.testing;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.loading.BuiltInModel;
import io.boxwright.diffusion.loading.ModelCache;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.ImagePipeline;

/**
 * A pipeline that has the built-in model's tokenizer and no networks, for tests of everything
 * around a pipeline. It checks requests as a real one does, and takes all options.
 */
public abstract class PipelineWithoutModel implements ImagePipeline {

  /** Holds the tokenizer, loaded when it is first asked for and kept until the process ends. */
  private static final class Tokenizer {

    static final CLIPTokenizer SHAPES =
        CLIPTokenizer.fromPretrained(
            BuiltInModel.folder(new ModelCache(ModelCache.defaultFolder())).resolve("tokenizer"));
  }

  @Override
  public CLIPTokenizer tokenizer() {
    return Tokenizer.SHAPES;
  }

  @Override
  public void checkOptions(GenerationOptions options) {}

  @Override
  public GenerationRequest checkRequest(GenerationRequest request, Guidance guidance) {
    GenerationRequest tokenized = request.tokenized(tokenizer());
    for (LayoutObject object : tokenized.objects()) {
      object.tokenIndices().forEach(tokenized.tokens()::requireWord);
    }
    return tokenized;
  }

  @Override
  public void close() {}
}
