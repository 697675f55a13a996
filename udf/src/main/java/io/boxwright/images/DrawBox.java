package io.boxwright.images;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws labelled boxes on a copy of an image, as {@code draw_box} of the layout-guidance pipelines
 * does:
 *
 * <pre>{@code
 * BufferedImage annotated = new DrawBox(image).box("a cat", 0.1, 0.2, 0.5, 0.9).image();
 * }</pre>
 *
 * <p>Each label has a colour of its own, in the order in which the labels come.
 */
public final class DrawBox {

  private static final Color[] COLORS = {
    new Color(0xE6194B), new Color(0x3CB44B), new Color(0x4363D8), new Color(0xF58231),
    new Color(0x911EB4), new Color(0x42D4F4), new Color(0xF032E6), new Color(0xBFEF45)
  };

  private final BufferedImage image;
  private final List<String> labels = new ArrayList<>();

  /** Copies the image; the original stays as it is. */
  public DrawBox(BufferedImage original) {
    image =
        new BufferedImage(original.getWidth(), original.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.drawImage(original, 0, 0, null);
    graphics.dispose();
  }

  /**
   * Adds a box, in edges relative to the image, 0..1, origin top left.
   *
   * @param label written into its upper left corner; empty for none
   * @return this
   */
  public DrawBox box(String label, double xMin, double yMin, double xMax, double yMax) {
    if (!labels.contains(label)) {
      labels.add(label);
    }
    outline(labels.indexOf(label), xMin, yMin, xMax, yMax);
    if (!label.isEmpty()) {
      drawLabel(label, pixel(xMin, image.getWidth()), pixel(yMin, image.getHeight()));
    }
    return this;
  }

  /**
   * Adds a box without a label, which needs no fonts on the machine.
   *
   * @param object chooses the colour: boxes of one object have the same
   * @return this
   */
  public DrawBox outline(int object, double xMin, double yMin, double xMax, double yMax) {
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color(object));
    graphics.setStroke(new BasicStroke(lineWidth()));
    int left = pixel(xMin, image.getWidth());
    int top = pixel(yMin, image.getHeight());
    graphics.drawRect(
        left, top, pixel(xMax, image.getWidth()) - left, pixel(yMax, image.getHeight()) - top);
    graphics.dispose();
    return this;
  }

  /** The copy with the boxes on it. */
  public BufferedImage image() {
    return image;
  }

  private void drawLabel(String label, int left, int top) {
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(color(labels.indexOf(label)));
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, Math.max(8, image.getHeight() / 28)));
    int ascent = graphics.getFontMetrics().getAscent();
    graphics.drawString(label, left + 2 * lineWidth(), top + 2 * lineWidth() + ascent);
    graphics.dispose();
  }

  private static Color color(int index) {
    return COLORS[index % COLORS.length];
  }

  private int lineWidth() {
    return Math.max(1, image.getHeight() / 170);
  }

  private static int pixel(double edge, int size) {
    return (int) Math.min(size - 1, Math.round(edge * size));
  }
}
