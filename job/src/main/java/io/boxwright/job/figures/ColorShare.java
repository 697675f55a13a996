package io.boxwright.job.figures;

import io.boxwright.diffusion.layout.BoundingBox;
import java.util.Objects;

/**
 * The share of a box's pixels that have a colour, as {@link BoxColors} measures it.
 *
 * @param box the box, 0..1
 * @param color the colour's name
 * @param share the share of the pixels, 0..1
 */
public record ColorShare(BoundingBox box, String color, double share) {

  /**
   * Checks the share.
   *
   * @throws IllegalArgumentException if the share is not a number from 0 to 1
   */
  public ColorShare {
    Objects.requireNonNull(box, "box");
    Objects.requireNonNull(color, "color");
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "The share of %s is %s, not a number from 0 to 1".formatted(color, share));
    }
  }
}
