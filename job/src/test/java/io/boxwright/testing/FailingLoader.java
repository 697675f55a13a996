package io.boxwright.testing;

import io.boxwright.diffusion.clip.PhraseMatch;
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

  private static final class Failing implements ImagePipeline {

    @Override
    public void checkOptions(GenerationOptions options) {}

    @Override
    public void checkRequest(GenerationRequest request, Guidance guidance) {
      if (request.prompt().isEmpty()) {
        throw new IllegalArgumentException("Invalid prompt: it is empty");
      }
    }

    @Override
    public List<String> texts(String prompt, List<List<Integer>> tokenIndices) {
      return tokenIndices.stream().map(tokens -> "").toList();
    }

    @Override
    public List<String> contradictions(
        String prompt, List<String> phrases, List<List<Integer>> tokenIndices) {
      return List.of();
    }

    @Override
    public List<PhraseMatch> findPhrases(String prompt, List<String> phrases) {
      return phrases.stream().map(phrase -> new PhraseMatch(List.of(), List.of())).toList();
    }

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

    @Override
    public void close() {}
  }
}
