package io.boxwright.udf.table;

import io.boxwright.diffusion.scores.ImageScores;
import java.util.List;
import java.util.Optional;

/**
 * The outcome of one score for an image.
 *
 * @param scores the scores; empty if there are none
 * @param warnings sentences, for example on why there are no scores
 */
public record ScoreOutcome(Optional<ImageScores> scores, List<String> warnings) {

  /** The outcome without scores or warnings. */
  public static final ScoreOutcome NONE = new ScoreOutcome(Optional.empty(), List.of());

  /** Copies the list. */
  public ScoreOutcome {
    warnings = List.copyOf(warnings);
  }

  /** Creates an outcome of scores, if there are any, without a warning. */
  public static ScoreOutcome of(Optional<? extends ImageScores> scores) {
    return new ScoreOutcome(scores.map(ImageScores.class::cast), List.of());
  }
}
