package io.boxwright.diffusion.detection;

import java.util.List;

/**
 * How well the objects detected in one image keep to its layout.
 *
 * @param means means over the objects
 * @param allRight 1 if every object is right and its centre lies in its box, else 0: all or nothing
 *     as the VISOR score (Gokhale et al. 2022, "Benchmarking Spatial Relationships in Text-to-Image
 *     Generation", arXiv 2212.10015), with boxes in place of spatial relations
 * @param objects one entry an object, in the layout's order
 */
public record LayoutDetection(
    DetectionScores means, double allRight, List<ObjectDetection> objects) {

  /** Copies the list. */
  public LayoutDetection {
    objects = List.copyOf(objects);
  }
}
