package io.boxwright.udf.table;

import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import java.util.List;
import java.util.Optional;

/**
 * What a score may look at.
 *
 * @param image the image, and what its pipeline knows of it
 * @param layout the objects that were asked for; empty for plain Stable Diffusion
 * @param detection what the run's detector found; empty if there is none, or no layout
 */
public record ScoredImage(
    GeneratedImage image, List<LayoutObject> layout, Optional<DetectionOutcome> detection) {

  /** Copies the list. */
  public ScoredImage {
    layout = List.copyOf(layout);
  }
}
