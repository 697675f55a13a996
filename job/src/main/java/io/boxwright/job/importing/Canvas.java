package io.boxwright.job.importing;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The size of the image that the numbers of a box belong to.
 *
 * @param width the number that stands for the right edge of the image, greater than 0
 * @param height the number that stands for the bottom edge of the image, greater than 0
 */
public record Canvas(double width, double height) {

  /** The canvas of boxes that are relative to their image. */
  public static final Canvas RELATIVE = new Canvas(1, 1);

  /** The canvas of benchmarks for Stable Diffusion 1.x. */
  static final Canvas OF_512 = new Canvas(512, 512);

  private static final Pattern SIZE = Pattern.compile("([0-9]{1,6})x([0-9]{1,6})");

  /** Checks the size. */
  public Canvas {
    if (!(width > 0 && height > 0 && Double.isFinite(width) && Double.isFinite(height))) {
      throw new IllegalArgumentException(
          "Invalid canvas %sx%s: both must be greater than 0".formatted(width, height));
    }
  }

  /**
   * Reads a size in pixels, such as {@code 512x512}: the width, then the height.
   *
   * @throws IllegalArgumentException if it is not of this form, or not greater than 0
   */
  public static Canvas parse(String size) {
    Matcher numbers = SIZE.matcher(size);
    if (!numbers.matches()) {
      throw new IllegalArgumentException(
          "Invalid canvas '%s': it must be WIDTHxHEIGHT in pixels, such as 512x512"
              .formatted(size));
    }
    return new Canvas(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)));
  }
}
