package io.boxwright.udf.table;

import io.boxwright.diffusion.scores.ImageScores;
import java.util.List;
import java.util.Optional;

/**
 * What one score has to say of an image.
 *
 * @param scores empty if it has none
 * @param warnings such as why it has none
 */
public record ScoreOutcome(Optional<ImageScores> scores, List<String> warnings) {

  /** Nothing. */
  public static final ScoreOutcome NONE = new ScoreOutcome(Optional.empty(), List.of());

  /** Copies the list. */
  public ScoreOutcome {
    warnings = List.copyOf(warnings);
  }

  /** Scores, if there are any, without a warning. */
  public static ScoreOutcome of(Optional<? extends ImageScores> scores) {
    return new ScoreOutcome(scores.map(ImageScores.class::cast), List.of());
  }
}
