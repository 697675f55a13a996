package io.boxwright.job.report;

import io.boxwright.diffusion.scores.ScoreGroup;
import java.util.Map;

/**
 * The means of a group of scores over the rows of an image table.
 *
 * @param group the group of scores
 * @param images the number of rows that have these scores
 * @param means the means by the paths of {@link ScoreGroup#imageNumbers}; a path without any value
 *     is left out
 */
public record ScoreMeans(ScoreGroup group, long images, Map<String, Double> means) {

  /** Copies the map. */
  public ScoreMeans {
    means = Map.copyOf(means);
  }
}
