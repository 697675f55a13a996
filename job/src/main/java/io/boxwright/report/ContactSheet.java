package io.boxwright.report;

import static org.apache.spark.sql.functions.col;

import io.boxwright.images.DrawBox;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
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

  /** Which image of which prompt, in the order of both. */
  private record Key(String id, int imageIndex) implements Comparable<Key> {

    @Override
    public int compareTo(Key other) {
      int byId = id.compareTo(other.id);
      return byId == 0 ? Integer.compare(imageIndex, other.imageIndex) : byId;
    }
  }

  /**
   * Draws some images of a table, those that are read first, in the order of their ids. Looks at no
   * more of the table than that takes.
   *
   * @param table an image table
   * @param most how many images at most
   * @return the sheet, or nothing if no image was made
   */
  public static Optional<BufferedImage> draw(Dataset<Row> table, int most) {
    List<BufferedImage> tiles = List.copyOf(tiles(made(table).limit(most)).values());
    return tiles.isEmpty() ? Optional.empty() : Optional.of(sheet(tiles, COLUMNS));
  }

  /**
   * Draws images of two tables, those of one in a row above those of the other, images of the same
   * prompt above one another. A prompt of which only one has an image has a blank. Both tables are
   * read whole, for the first ids.
   *
   * @param most how many images of each at most
   * @return the sheet, or nothing if no image was made
   */
  public static Optional<BufferedImage> compare(Dataset<Row> above, Dataset<Row> below, int most) {
    Map<Key, BufferedImage> first = tiles(made(above).orderBy("id", "image_index").limit(most));
    Map<Key, BufferedImage> second = tiles(made(below).orderBy("id", "image_index").limit(most));
    List<Key> keys =
        Stream.of(first, second)
            .flatMap(tiles -> tiles.keySet().stream())
            .distinct()
            .sorted()
            .limit(most)
            .toList();
    List<BufferedImage> tiles = new ArrayList<>();
    keys.forEach(key -> tiles.add(first.get(key)));
    keys.forEach(key -> tiles.add(second.get(key)));
    return keys.isEmpty() ? Optional.empty() : Optional.of(sheet(tiles, keys.size()));
  }

  private static Dataset<Row> made(Dataset<Row> table) {
    return table
        .filter(col("status").equalTo("ok"))
        .select("image.bytes", "objects.boxes", "id", "image_index");
  }

  private static SortedMap<Key, BufferedImage> tiles(Dataset<Row> images) {
    SortedMap<Key, BufferedImage> tiles = new TreeMap<>();
    for (Row row : images.collectAsList()) {
      tiles.put(new Key(row.getString(2), row.getInt(3)), tile(row));
    }
    return tiles;
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

  private static BufferedImage sheet(List<BufferedImage> tiles, int mostColumns) {
    int columns = Math.min(mostColumns, tiles.size());
    int rows = (tiles.size() + columns - 1) / columns;
    int step = TILE + GAP;
    BufferedImage sheet =
        new BufferedImage(columns * step + GAP, rows * step + GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    for (int i = 0; i < tiles.size(); i++) {
      if (tiles.get(i) != null) {
        fit(graphics, tiles.get(i), GAP + i % columns * step, GAP + i / columns * step);
      }
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
