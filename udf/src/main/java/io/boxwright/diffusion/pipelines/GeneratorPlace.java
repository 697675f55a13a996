package io.boxwright.diffusion.pipelines;

/**
 * The place of an image among those that share one generator of noise. diffusers draws the noise of
 * all of them at once where {@code generator} is no list; each takes its own row of every draw. So
 * an image depends on the number of these images, but not on the batch that it is made in.
 *
 * @param row the row of the image in each draw, from 0
 * @param rows the number of images that share the generator, at least 1
 */
public record GeneratorPlace(int row, int rows) {

  /** The place of an image that has a generator of its own. */
  public static final GeneratorPlace ALONE = new GeneratorPlace(0, 1);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if there is no such row
   */
  public GeneratorPlace {
    if (row < 0 || row >= rows) {
      throw new IllegalArgumentException(
          "Invalid place: row %d of %d that share a generator".formatted(row, rows));
    }
  }
}
