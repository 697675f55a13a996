package io.boxwright.job.report;

import io.boxwright.diffusion.images.DrawBox;
import io.boxwright.diffusion.images.TextFit;
import io.boxwright.text.Printable;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tile of a contact sheet: a picture with its labelled boxes, and below it the prompt, the scores
 * and the id. On a machine without fonts there is only the picture with its boxes.
 */
final class SheetTile {

  /** Width and height of the square that a picture is fitted into, in pixels. */
  static final int PICTURE = 256;

  private static final int FONT_SIZE = 12;
  private static final int LINE = 15;
  private static final int PROMPT_LINES = 2;
  private static final int LONGEST_TEXT = 250;
  private static final int CAPTION = (PROMPT_LINES + 1) * LINE + 4;
  private static final Color PROMPT_COLOR = Color.WHITE;
  private static final Color SCORE_COLOR = new Color(0xB8B8B8);
  private static final Logger LOG = LoggerFactory.getLogger(SheetTile.class);
  private static final boolean FONTS = canWrite();

  private SheetTile() {}

  /**
   * A box of an object. Its colour depends on {@code object}; its edges are relative to the image,
   * 0 to 1.
   */
  record Box(int object, String label, double xMin, double yMin, double xMax, double yMax) {}

  /** Draws a tile, {@link #PICTURE} pixels wide and {@link #height} high. */
  static BufferedImage draw(BufferedImage picture, List<Box> boxes, String prompt, String scores) {
    BufferedImage tile = new BufferedImage(PICTURE, height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = tile.createGraphics();
    BufferedImage boxed = drawBoxes(scale(picture), boxes);
    graphics.drawImage(
        boxed, (PICTURE - boxed.getWidth()) / 2, (PICTURE - boxed.getHeight()) / 2, null);
    if (FONTS) {
      drawCaption(graphics, prompt, scores);
    }
    graphics.dispose();
    return tile;
  }

  /** Returns the height of every tile in pixels. */
  static int height() {
    return FONTS ? PICTURE + CAPTION : PICTURE;
  }

  /** Scales the picture to fit the square. Boxes are drawn later, to be sharp. */
  private static BufferedImage scale(BufferedImage picture) {
    double scale = (double) PICTURE / Math.max(picture.getWidth(), picture.getHeight());
    int width = Math.max(1, (int) Math.round(picture.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(picture.getHeight() * scale));
    BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    graphics.drawImage(picture, 0, 0, width, height, null);
    graphics.dispose();
    return scaled;
  }

  private static BufferedImage drawBoxes(BufferedImage picture, List<Box> boxes) {
    DrawBox drawing = new DrawBox(picture);
    for (Box box : boxes) {
      drawing.outline(box.object(), box.xMin(), box.yMin(), box.xMax(), box.yMax());
    }
    for (Box box : FONTS ? boxes : List.<Box>of()) {
      drawing.label(box.object(), makePrintable(box.label()), box.xMin(), box.yMin());
    }
    return drawing.image();
  }

  private static void drawCaption(Graphics2D graphics, String prompt, String scores) {
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setFont(font());
    FontMetrics metrics = graphics.getFontMetrics();
    int baseline = PICTURE + metrics.getAscent() + 2;
    graphics.setColor(PROMPT_COLOR);
    for (String line : TextFit.wrapped(makePrintable(prompt), metrics, PICTURE, PROMPT_LINES)) {
      graphics.drawString(line, 0, baseline);
      baseline += LINE;
    }
    graphics.setColor(SCORE_COLOR);
    graphics.drawString(TextFit.shortened(makePrintable(scores), metrics, PICTURE), 0, baseline);
  }

  /** Makes a text safe to print, and cuts it to a length that is enough for every tile. */
  private static String makePrintable(String text) {
    return Printable.shortened(Printable.escaped(text), LONGEST_TEXT);
  }

  private static Font font() {
    return new Font(Font.SANS_SERIF, Font.PLAIN, FONT_SIZE);
  }

  /**
   * Tries to write. A JDK without desktop libraries, or a machine without fonts, fails in many
   * ways.
   */
  private static boolean canWrite() {
    try {
      BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      graphics.setFont(font());
      graphics.drawString("a", 0, 0);
      graphics.dispose();
      return true;
    } catch (RuntimeException | LinkageError | InternalError e) {
      LOG.warn("The contact sheet has no words, because Java finds no font here: {}", e.toString());
      return false;
    }
  }
}
