package io.boxwright.job.figures;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The values that a benchmark gives an image.
 *
 * @param id the id of the prompt's row
 * @param imageIndex the number of the image among those of its prompt
 * @param values the values by their names; 1 and 0 for yes and no; none if the benchmark does not
 *     judge the image
 */
public record ImageOutcome(String id, int imageIndex, Map<String, Double> values) {

  /** Copies the map and sorts it by name. */
  public ImageOutcome {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }
}
