package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.attention.AttentionAverages;
import io.boxwright.diffusion.attention.AttentionAveragesCache;
import java.util.Comparator;
import java.util.List;

/** A hook that averages the attention maps of all predictions, which score the layouts. */
final class AttentionHook implements DenoisingHook {

  /** Numbers of tokens are rounded up to a multiple of this, so that maps have few sizes. */
  private static final int TOKENS = 16;

  private final GenerationInputs inputs;
  private final AttentionAveragesCache cache;
  private AttentionAverages averages;

  AttentionHook(GenerationInputs inputs, AttentionAveragesCache cache) {
    this.inputs = inputs;
    this.cache = cache;
  }

  @Override
  public void start(Run run) {
    long tokens = run.conditioning().promptEmbeds().getShape().get(1);
    int withMaps = (int) Math.min(tokens, roundUp(countScoredTokens()));
    averages = cache.start(new AttentionAverages.Size(run.latents().getShape(), withMaps));
  }

  private static int roundUp(int tokens) {
    return (tokens + TOKENS - 1) / TOKENS * TOKENS;
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
}
