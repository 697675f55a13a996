package io.boxwright.diffusion.scores;

import java.util.List;
import java.util.Map;

/** A group of scores of one image. */
public interface ImageScores {

  /** The group: what these values are. */
  ScoreGroup group();

  /**
   * The numbers of the image, by the paths of {@link ScoreGroup#imageNumbers}. Those that there are
   * none of are NaN or left out.
   */
  Map<String, Double> imageNumbers();

  /** What is known of each object, in the layout's order; empty if the group has no such values. */
  List<ObjectScores> objectScores();
}
