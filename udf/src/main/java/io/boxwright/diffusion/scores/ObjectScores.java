package io.boxwright.diffusion.scores;

import io.boxwright.diffusion.layout.BoundingBox;
import java.util.Map;

/**
 * A group of scores of one object.
 *
 * @param numbers the numbers by the paths of {@link ScoreGroup#objectNumbers}; missing ones are NaN
 *     or left out
 * @param boxes the boxes by the paths of {@link ScoreGroup#objectBoxes}; missing ones are left out
 */
public record ObjectScores(Map<String, Double> numbers, Map<String, BoundingBox> boxes) {

  /** Copies the maps. */
  public ObjectScores {
    numbers = Map.copyOf(numbers);
    boxes = Map.copyOf(boxes);
  }
}
