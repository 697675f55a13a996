package io.boxwright.diffusion.images;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * A copy of an image with labelled boxes drawn on it, as {@code draw_box} of the layout-guidance
 * pipelines does:
 *
 * <pre>{@code
 * BufferedImage annotated = new DrawBox(image).box("a cat", 0.1, 0.2, 0.5, 0.9).image();
 * }</pre>
 *
 * <p>Each label has its own colour, in the order in which the labels are added. Lines are light
 * with a dark rim, so that they stand out on objects of any colour.
 */
public final class DrawBox {

  private static final Color DARK = new Color(0x1A1A1A);

  private static final Color[] COLORS = {
    new Color(0xFFD23F), new Color(0x4CC9F0), new Color(0xFF85C2), new Color(0x7DED9A),
    new Color(0xFF9F45), new Color(0xC9A7FF), new Color(0xE4F75A), new Color(0xFFFFFF)
  };

  private static final int RIM = 1;

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
   * Adds a box. Its edges are relative to the image, 0..1, with the origin at the top left. Boxes
   * with the same label have the same colour.
   *
   * @param label the text above the box, or inside it where there is no room above; empty for none
   * @return this
   */
  public DrawBox box(String label, double xMin, double yMin, double xMax, double yMax) {
    if (!labels.contains(label)) {
      labels.add(label);
    }
    int object = labels.indexOf(label);
    return outline(object, xMin, yMin, xMax, yMax).label(object, label, xMin, yMin);
  }

  /**
   * Adds a box without a label, which needs no fonts on the machine.
   *
   * @param object the number that chooses the colour; boxes of one object have the same
   * @return this
   */
  public DrawBox outline(int object, double xMin, double yMin, double xMax, double yMax) {
    int half = lineWidth() / 2;
    int left = Math.max(0, pixel(xMin, image.getWidth()) - half);
    int top = Math.max(0, pixel(yMin, image.getHeight()) - half);
    int right = Math.min(image.getWidth() - 1, pixel(xMax, image.getWidth()) + half);
    int bottom = Math.min(image.getHeight() - 1, pixel(yMax, image.getHeight()) + half);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(DARK);
    drawFrame(graphics, left - RIM, top - RIM, right + RIM, bottom + RIM, lineWidth() + 2 * RIM);
    graphics.setColor(color(object));
    drawFrame(graphics, left, top, right, bottom, lineWidth());
    graphics.dispose();
    return this;
  }

  /**
   * Adds the label of a box. No box crosses the labels that are added after all boxes.
   *
   * @param object the number that chooses the colour, the same as for the box
   * @param label the text above the corner, or below it where there is no room; empty for none
   * @param xMin the left edge of the box, relative to the image
   * @param yMin the top edge of the box, relative to the image
   * @return this
   */
  public DrawBox label(int object, String label, double xMin, double yMin) {
    if (!label.isEmpty()) {
      drawLabel(object, label, pixel(xMin, image.getWidth()), pixel(yMin, image.getHeight()));
    }
    return this;
  }

  /** Returns the copy with the boxes on it. */
  public BufferedImage image() {
    return image;
  }

  private static void drawFrame(
      Graphics2D graphics, int left, int top, int right, int bottom, int thickness) {
    for (int i = 0; i < thickness; i++) {
      graphics.drawRect(left + i, top + i, right - left - 2 * i, bottom - top - 2 * i);
    }
  }

  /** Draws dark text on a plate of the object's colour. */
  private void drawLabel(int object, String label, int left, int top) {
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, Math.max(9, image.getHeight() / 22)));
    FontMetrics metrics = graphics.getFontMetrics();
    int margin = 1 + lineWidth();
    String text = TextFit.shortened(label, metrics, image.getWidth() - 2 * margin);
    int width = metrics.stringWidth(text) + 2 * margin;
    int height = metrics.getAscent() + metrics.getDescent();
    int x = Math.max(0, Math.min(left - lineWidth() / 2, image.getWidth() - width));
    int y = top >= height ? top - height : top;
    graphics.setColor(DARK);
    graphics.fillRect(x - RIM, y - RIM, width + 2 * RIM, height + 2 * RIM);
    graphics.setColor(color(object));
    graphics.fillRect(x, y, width, height);
    graphics.setColor(DARK);
    graphics.drawString(text, x + margin, y + metrics.getAscent());
    graphics.dispose();
  }

  private static Color color(int index) {
    return COLORS[index % COLORS.length];
  }

  private int lineWidth() {
    return Math.max(1, image.getHeight() / 128);
  }

  private static int pixel(double edge, int size) {
    return (int) Math.min(size - 1, Math.round(edge * size));
  }
}
