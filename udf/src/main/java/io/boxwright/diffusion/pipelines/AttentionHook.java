package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.attention.AttentionAverages;
import java.util.Comparator;
import java.util.List;

/** Averages the attention maps of each prediction, from which layouts are scored. */
final class AttentionHook implements DenoisingHook {

  private final GenerationInputs inputs;
  private AttentionAverages averages;

  AttentionHook(GenerationInputs inputs) {
    this.inputs = inputs;
  }

  @Override
  public void start(Run run) {
    averages = new AttentionAverages(run.denoiser(), run.latents(), scoredTokens());
  }

  /** All up to the last one of an object. */
  private int scoredTokens() {
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

  /** A batch of plain Stable Diffusion has nothing to score. */
  private boolean scoresAttention() {
    return inputs.layouts().stream().anyMatch(objects -> !objects.isEmpty());
  }

  /** The averaged attention maps of each row. */
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
