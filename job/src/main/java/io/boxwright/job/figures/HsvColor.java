package io.boxwright.job.figures;

import java.util.Arrays;
import java.util.Locale;

/**
 * A colour as COCO-MIG's authors define it, on OpenCV's scales: hue in steps of two degrees,
 * 0..179, saturation and value 0..255.
 */
public enum HsvColor {
  /** Hues 159 to 180 and 0 to 9. */
  RED(159, 189, 50, 255, 70, 255),

  /** Hues 36 to 89. */
  GREEN(36, 89, 50, 255, 70, 255),

  /** Hues 90 to 128. */
  BLUE(90, 128, 50, 255, 70, 255),

  /** Hues 25 to 35. */
  YELLOW(25, 35, 50, 255, 70, 255),

  /** Hues 6 to 25. */
  BROWN(6, 25, 43, 255, 35, 255),

  /** Every hue, with a value of at most 30. */
  BLACK(0, 180, 0, 255, 0, 30),

  /** Every hue, with a saturation of at most 43 and a value of at least 221. */
  WHITE(0, 180, 0, 43, 221, 255);

  private static final int HUES = 180;

  private final int minHue;
  private final int maxHue;
  private final int minSaturation;
  private final int maxSaturation;
  private final int minValue;
  private final int maxValue;

  HsvColor(
      int minHue, int maxHue, int minSaturation, int maxSaturation, int minValue, int maxValue) {
    this.minHue = minHue;
    this.maxHue = maxHue;
    this.minSaturation = minSaturation;
    this.maxSaturation = maxSaturation;
    this.minValue = minValue;
    this.maxValue = maxValue;
  }

  /**
   * Returns the colour with a name.
   *
   * @throws IllegalArgumentException naming the text and the known colours
   */
  public static HsvColor of(String text) {
    return Arrays.stream(values())
        .filter(color -> color.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Unknown colour '%s'; known are %s"
                        .formatted(text, Arrays.stream(values()).map(HsvColor::text).toList())));
  }

  /** Returns the colour's name in prompts. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns whether a pixel, with red, green and blue in its lowest 24 bits, has this colour. */
  boolean contains(int rgb) {
    int red = rgb >> 16 & 0xff;
    int green = rgb >> 8 & 0xff;
    int blue = rgb & 0xff;
    int value = Math.max(red, Math.max(green, blue));
    int range = value - Math.min(red, Math.min(green, blue));
    long saturation = value == 0 ? 0 : Math.round(255.0 * range / value);
    long hue = range == 0 ? 0 : Math.round(computeHue(red, green, blue, value, range)) % HUES;
    return containsHue(hue)
        && minSaturation <= saturation
        && saturation <= maxSaturation
        && minValue <= value
        && value <= maxValue;
  }

  private boolean containsHue(long hue) {
    return (minHue <= hue && hue <= maxHue) || hue + HUES <= maxHue;
  }

  /** Returns the hue in steps of two degrees, 0..180. */
  private static double computeHue(int red, int green, int blue, int value, int range) {
    double sixth;
    if (value == red) {
      sixth = (double) (green - blue) / range;
    } else if (value == green) {
      sixth = 2 + (double) (blue - red) / range;
    } else {
      sixth = 4 + (double) (red - green) / range;
    }
    double hue = 30 * sixth;
    return hue < 0 ? hue + HUES : hue;
  }
}
