package io.boxwright.diffusion.scores;

import io.boxwright.diffusion.layout.BoundingBox;
import java.util.Map;

/**
 * A group of scores of one object.
 *
 * @param numbers by the paths of {@link ScoreGroup#objectNumbers}; those that there are none of are
 *     NaN or left out
 * @param boxes by the paths of {@link ScoreGroup#objectBoxes}; those that there are none of are
 *     left out
 */
public record ObjectScores(Map<String, Double> numbers, Map<String, BoundingBox> boxes) {

  /** Copies the maps. */
  public ObjectScores {
    numbers = Map.copyOf(numbers);
    boxes = Map.copyOf(boxes);
  }
}
