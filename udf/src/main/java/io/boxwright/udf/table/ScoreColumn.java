package io.boxwright.udf.table;

import io.boxwright.diffusion.pipelines.Stage;
import io.boxwright.diffusion.scores.ScoreGroup;
import java.util.function.Function;

/**
 * A score of the image table.
 *
 * @param group the description of its column and of its part of {@code objects}
 * @param source the source of the score, which decides which tables have it
 * @param scorer the function that scores a generated image; one thread at a time calls it
 */
public record ScoreColumn(
    ScoreGroup group, Source source, Function<ScoredImage, ScoreOutcome> scorer) {

  /** The source of a score. */
  public enum Source {
    /** The image and its pipeline's data about it; every table has such scores. */
    IMAGE(Stage.SCORE),
    /** A detector; tables of runs with a detector have such scores. */
    DETECTOR(Stage.DETECT);

    private final Stage stage;

    Source(Stage stage) {
      this.stage = stage;
    }

    /** Returns the stage that the time of the scorer counts in. */
    public Stage stage() {
      return stage;
    }
  }
}
