package io.boxwright.job.report;

import io.boxwright.diffusion.scores.ScoreGroup;
import java.util.Map;

/**
 * Means of a group of scores over the rows of an image table.
 *
 * @param group which scores
 * @param images rows that have them
 * @param means by the paths of {@link ScoreGroup#imageNumbers}; those of nothing are left out
 */
public record ScoreMeans(ScoreGroup group, long images, Map<String, Double> means) {

  /** Copies the map. */
  public ScoreMeans {
    means = Map.copyOf(means);
  }
}
