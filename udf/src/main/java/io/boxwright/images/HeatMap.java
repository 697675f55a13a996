package io.boxwright.images;

import java.awt.AlphaComposite;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/** Makes attention maps visible: dark violet is the weakest cell, yellow the strongest. */
public final class HeatMap {

  /** Anchors of matplotlib's viridis, weakest first. */
  private static final int[] COLORS = {0x440154, 0x3B528B, 0x21918C, 0x5EC962, 0xFDE725};

  private static final float OPACITY = 0.6f;

  private HeatMap() {}

  /**
   * One pixel a cell, scaled so that the weakest and the strongest cell take the ends of the
   * colours.
   *
   * @param values {@code height * width} finite numbers, row by row
   */
  public static BufferedImage render(float[] values, int height, int width) {
    if (values.length != height * width) {
      throw new IllegalArgumentException(
          "Invalid heat map: %d values for %d x %d cells".formatted(values.length, height, width));
    }
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (float value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    float range = high > low ? high - low : 1;
    BufferedImage map = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < values.length; i++) {
      map.setRGB(i % width, i / width, color((values[i] - low) / range));
    }
    return map;
  }

  /** Lays a map, smoothly enlarged and translucent, over a copy of the image it belongs to. */
  public static BufferedImage overlay(BufferedImage image, float[] values, int height, int width) {
    BufferedImage result =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = result.createGraphics();
    graphics.drawImage(image, 0, 0, null);
    graphics.setComposite(AlphaComposite.getInstance(AlphaComposite.SRC_OVER, OPACITY));
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(
        render(values, height, width), 0, 0, image.getWidth(), image.getHeight(), null);
    graphics.dispose();
    return result;
  }

  private static int color(float strength) {
    float position = strength * (COLORS.length - 1);
    int anchor = Math.min((int) position, COLORS.length - 2);
    float part = position - anchor;
    return mix(anchor, part, 16) | mix(anchor, part, 8) | mix(anchor, part, 0);
  }

  private static int mix(int anchor, float part, int shift) {
    int from = COLORS[anchor] >> shift & 0xFF;
    int to = COLORS[anchor + 1] >> shift & 0xFF;
    return Math.round(from + part * (to - from)) << shift;
  }
}
