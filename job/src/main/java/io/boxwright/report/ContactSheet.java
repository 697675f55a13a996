package io.boxwright.report;

import static java.util.Comparator.comparing;
import static org.apache.spark.sql.functions.col;

import io.boxwright.images.DrawBox;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.collection.Seq;

/** Some images of a table side by side, with their boxes drawn on them. */
public final class ContactSheet {

  private static final int COLUMNS = 4;
  private static final int TILE = 256;
  private static final int GAP = 8;

  private ContactSheet() {}

  /**
   * Draws some images of a table, those that are read first, in the order of their ids. Looks at no
   * more of the table than that takes.
   *
   * @param table an image table
   * @param most how many images at most
   * @return the sheet, or nothing if no image was made
   */
  public static Optional<BufferedImage> draw(Dataset<Row> table, int most) {
    List<BufferedImage> tiles =
        table
            .filter(col("status").equalTo("ok"))
            .select("image.bytes", "objects.boxes", "id", "image_index")
            .limit(most)
            .collectAsList()
            .stream()
            .sorted(comparing((Row row) -> row.getString(2)).thenComparing(row -> row.getInt(3)))
            .map(ContactSheet::tile)
            .toList();
    return tiles.isEmpty() ? Optional.empty() : Optional.of(sheet(tiles));
  }

  /** An image with its boxes, one colour an object. */
  private static BufferedImage tile(Row row) {
    DrawBox drawing = new DrawBox(decode(row.getAs(0)));
    if (!row.isNullAt(1)) {
      List<Seq<Seq<Double>>> objects = row.getList(1);
      for (int object = 0; object < objects.size(); object++) {
        outline(drawing, object, objects.get(object));
      }
    }
    return drawing.image();
  }

  private static void outline(DrawBox drawing, int object, Seq<Seq<Double>> boxes) {
    for (int i = 0; i < boxes.size(); i++) {
      Seq<Double> edges = boxes.apply(i);
      drawing.outline(object, edges.apply(0), edges.apply(1), edges.apply(2), edges.apply(3));
    }
  }

  private static BufferedImage decode(byte[] png) {
    try {
      return ImageIO.read(new ByteArrayInputStream(png));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BufferedImage sheet(List<BufferedImage> tiles) {
    int columns = Math.min(COLUMNS, tiles.size());
    int rows = (tiles.size() + columns - 1) / columns;
    int step = TILE + GAP;
    BufferedImage sheet =
        new BufferedImage(columns * step + GAP, rows * step + GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    for (int i = 0; i < tiles.size(); i++) {
      fit(graphics, tiles.get(i), GAP + i % columns * step, GAP + i / columns * step);
    }
    graphics.dispose();
    return sheet;
  }

  /** Draws an image in the middle of a tile, as large as it can be there. */
  private static void fit(Graphics2D graphics, BufferedImage image, int left, int top) {
    double scale = (double) TILE / Math.max(image.getWidth(), image.getHeight());
    int width = (int) Math.round(image.getWidth() * scale);
    int height = (int) Math.round(image.getHeight() * scale);
    graphics.drawImage(
        image, left + (TILE - width) / 2, top + (TILE - height) / 2, width, height, null);
  }
}
