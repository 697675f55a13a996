package io.boxwright.diffusion.scores;

import java.util.List;
import java.util.Map;

/** A group of scores of one image. */
public interface ImageScores {

  /** Returns the group, which says what these values are. */
  ScoreGroup group();

  /**
   * Returns the numbers of the image by the paths of {@link ScoreGroup#imageNumbers}. Missing
   * numbers are NaN or left out.
   */
  Map<String, Double> imageNumbers();

  /**
   * Returns the scores of each object, in the layout's order; empty if the group has no such
   * scores.
   */
  List<ObjectScores> objectScores();
}
