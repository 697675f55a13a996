package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.attention.AttentionAverages;
import java.util.Comparator;
import java.util.List;

/** A hook that averages the attention maps of all predictions, which score the layouts. */
final class AttentionHook implements DenoisingHook {

  private final GenerationInputs inputs;
  private AttentionAverages averages;

  AttentionHook(GenerationInputs inputs) {
    this.inputs = inputs;
  }

  @Override
  public void start(Run run) {
    averages = new AttentionAverages(run.denoiser(), run.latents(), countScoredTokens());
  }

  /** Counts the tokens up to the last one of an object, start token included. */
  private int countScoredTokens() {
    return 1
        + inputs.layouts().stream()
            .flatMap(List::stream)
            .flatMap(object -> object.tokenIndices().stream())
            .max(Comparator.naturalOrder())
            .orElse(0);
  }

  @Override
  public void beforePrediction() {
    if (scoresAttention()) {
      averages.beforePass();
    }
  }

  /** Returns false for a batch of plain Stable Diffusion, which has nothing to score. */
  private boolean scoresAttention() {
    return inputs.layouts().stream().anyMatch(objects -> !objects.isEmpty());
  }

  /** Returns the averaged attention maps of each row. */
  List<AttentionAverages.RowMaps> maps() {
    return averages.rows();
  }

  @Override
  public void close() {
    if (averages != null) {
      averages.close();
    }
  }
}
