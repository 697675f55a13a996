package io.boxwright.job.importing;

/**
 * The choice among the objects and images of COCO.
 *
 * @param minArea the smallest area of an object, as a share of its image, 0..1
 * @param minObjects how many such objects an image must have at least, 1 or more
 * @param maxObjects how many such objects an image may have at most, {@code minObjects} or more
 */
public record ObjectChoice(double minArea, int minObjects, int maxObjects) {

  /** The choice of LayoutDiffusion. */
  public static final ObjectChoice DEFAULTS = new ObjectChoice(0.02, 3, 8);

  /** Checks the numbers. */
  public ObjectChoice {
    if (!(minArea >= 0 && minArea <= 1)) {
      throw new IllegalArgumentException(
          "Invalid smallest area %s: it must be 0..1".formatted(minArea));
    }
    if (minObjects < 1 || maxObjects < minObjects) {
      throw new IllegalArgumentException(
          "Invalid numbers of objects %d..%d: the first must be 1 or more, the second no less"
              .formatted(minObjects, maxObjects));
    }
  }
}
