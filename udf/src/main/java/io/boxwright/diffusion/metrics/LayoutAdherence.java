package io.boxwright.diffusion.metrics;

import java.util.List;

/**
 * How well the attention of one row keeps to its layout.
 *
 * @param guided means over the objects, over the layers that the guidance reads
 * @param heldOut means over the objects, over layers that it does not read
 * @param objects one entry an object, in the layout's order
 */
public record LayoutAdherence(
    AdherenceScores guided, AdherenceScores heldOut, List<ObjectAdherence> objects) {

  /** Copies the list. */
  public LayoutAdherence {
    objects = List.copyOf(objects);
  }
}
