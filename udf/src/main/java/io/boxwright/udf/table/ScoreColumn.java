package io.boxwright.udf.table;

import io.boxwright.diffusion.pipelines.Stage;
import io.boxwright.diffusion.scores.ScoreGroup;
import java.util.function.Function;

/**
 * A score of the image table.
 *
 * @param group what it is: its column, and its part of {@code objects}
 * @param source what it comes from, and so which tables have it
 * @param scorer scores an image that was made; called by one thread at a time
 */
public record ScoreColumn(
    ScoreGroup group, Source source, Function<ScoredImage, ScoreOutcome> scorer) {

  /** What a score comes from. */
  public enum Source {
    /** The image, and what its pipeline knows of it: every table has it. */
    IMAGE(Stage.SCORE),
    /** A detector: tables of runs with a detector have it. */
    DETECTOR(Stage.DETECT);

    private final Stage stage;

    Source(Stage stage) {
      this.stage = stage;
    }

    /** What the time of the scorer goes into. */
    public Stage stage() {
      return stage;
    }
  }
}
