package io.boxwright.udf.table;

import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import java.util.List;
import java.util.Optional;

/**
 * The data that a score may read.
 *
 * @param image the image and its pipeline's data about it
 * @param layout the requested objects; empty for plain Stable Diffusion
 * @param detection the result of the run's detector; empty if there is none, or no layout
 */
public record ScoredImage(
    GeneratedImage image, List<LayoutObject> layout, Optional<DetectionOutcome> detection) {

  /** Copies the list. */
  public ScoredImage {
    layout = List.copyOf(layout);
  }
}
