package io.boxwright.job.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import io.boxwright.diffusion.images.PictureDecoder;
import io.boxwright.diffusion.scores.ScoreGroup;
import io.boxwright.udf.table.ScoreColumn;
import io.boxwright.udf.table.ScoreColumns;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.collection.Seq;

/** A picture of some images of a table, each with its boxes, prompt, scores and id. */
public final class ContactSheet {

  private static final int COLUMNS = 4;
  private static final int GAP = 8;

  private ContactSheet() {}

  /** The id of a prompt and the index of its image, ordered by both. */
  private record Key(String id, int imageIndex) implements Comparable<Key> {

    @Override
    public int compareTo(Key other) {
      int byId = id.compareTo(other.id);
      return byId == 0 ? Integer.compare(imageIndex, other.imageIndex) : byId;
    }
  }

  /**
   * Draws the images of a table that are read first, in the order of their ids. Reads no more of
   * the table than needed.
   *
   * @param table an image table
   * @param most the largest number of images
   * @return the sheet, or nothing if no image was made
   */
  public static Optional<BufferedImage> draw(Dataset<Row> table, int most) {
    List<BufferedImage> tiles = List.copyOf(drawTiles(selectMade(table).limit(most)).values());
    return tiles.isEmpty() ? Optional.empty() : Optional.of(drawSheet(tiles, COLUMNS));
  }

  /**
   * Draws images of two tables in two rows, with images of the same prompt above one another. If a
   * prompt has an image in only one table, the other place is blank. Both tables are read whole to
   * find the first ids.
   *
   * @param above the image table of the upper row
   * @param below the image table of the lower row
   * @param most the largest number of images of each table
   * @return the sheet, or nothing if no image was made
   */
  public static Optional<BufferedImage> compare(Dataset<Row> above, Dataset<Row> below, int most) {
    Map<Key, BufferedImage> first =
        drawTiles(selectMade(above).orderBy("id", "image_index").limit(most));
    Map<Key, BufferedImage> second =
        drawTiles(selectMade(below).orderBy("id", "image_index").limit(most));
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
    return keys.isEmpty() ? Optional.empty() : Optional.of(drawSheet(tiles, keys.size()));
  }

  /**
   * Selects the rows with images, and the columns that a tile shows; scores are named by their
   * captions.
   */
  private static Dataset<Row> selectMade(Dataset<Row> table) {
    List<Column> columns = new ArrayList<>();
    columns.add(col("id"));
    columns.add(col("image_index"));
    columns.add(col("prompt"));
    columns.add(col("image.bytes"));
    columns.add(col("objects.label").as("labels"));
    columns.add(col("objects.boxes"));
    List<Column> scores = new ArrayList<>();
    for (ScoreColumn score : ScoreColumns.in(table.schema())) {
      ScoreGroup group = score.group();
      group
          .caption()
          .ifPresent(label -> scores.add(col(group.name() + "." + label.path()).as(label.text())));
    }
    if (scores.isEmpty()) {
      scores.add(lit(null).cast("double").as("none")); // Spark reads no struct without fields
    }
    columns.add(struct(scores.toArray(Column[]::new)).as("scores"));
    return table.filter(col("status").equalTo("ok")).select(columns.toArray(Column[]::new));
  }

  private static SortedMap<Key, BufferedImage> drawTiles(Dataset<Row> images) {
    SortedMap<Key, BufferedImage> tiles = new TreeMap<>();
    for (Row row : images.collectAsList()) {
      Key key = new Key(row.getAs("id"), row.getAs("image_index"));
      tiles.put(
          key,
          SheetTile.draw(
              decode(row.getAs("bytes")),
              readBoxes(row),
              row.getAs("prompt"),
              describeScores(key, row)));
    }
    return tiles;
  }

  /** Reads all boxes of all objects; each object has its own colour. */
  private static List<SheetTile.Box> readBoxes(Row row) {
    List<SheetTile.Box> boxes = new ArrayList<>();
    if (row.getAs("boxes") != null) {
      List<String> labels = row.getList(row.fieldIndex("labels"));
      List<Seq<Seq<Double>>> objects = row.getList(row.fieldIndex("boxes"));
      for (int object = 0; object < objects.size(); object++) {
        String label = Objects.requireNonNullElse(labels.get(object), "");
        for (int i = 0; i < objects.get(object).size(); i++) {
          Seq<Double> box = objects.get(object).apply(i);
          boxes.add(
              new SheetTile.Box(
                  object, label, box.apply(0), box.apply(1), box.apply(2), box.apply(3)));
        }
      }
    }
    return boxes;
  }

  /**
   * Describes the scores that a row has and its id, such as {@code in box 0.72, IoU 0.51, cat-1
   * #2}.
   */
  private static String describeScores(Key key, Row row) {
    List<String> parts = new ArrayList<>();
    Row scores = row.getAs("scores");
    for (int i = 0; i < scores.length(); i++) {
      if (!scores.isNullAt(i)) {
        String name = scores.schema().fieldNames()[i];
        parts.add(String.format(Locale.ROOT, "%s %.2f", name, scores.getDouble(i)));
      }
    }
    parts.add(key.imageIndex() == 0 ? key.id() : key.id() + " #" + key.imageIndex());
    return String.join(", ", parts);
  }

  private static BufferedImage decode(byte[] png) {
    try {
      return PictureDecoder.decode(png).orElse(null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Draws tiles in rows of {@code mostColumns}; a tile that is {@code null} stays blank. */
  private static BufferedImage drawSheet(List<BufferedImage> tiles, int mostColumns) {
    int columns = Math.min(mostColumns, tiles.size());
    int rows = (tiles.size() + columns - 1) / columns;
    int right = SheetTile.PICTURE + GAP;
    int down = SheetTile.height() + GAP;
    BufferedImage sheet =
        new BufferedImage(columns * right + GAP, rows * down + GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    for (int i = 0; i < tiles.size(); i++) {
      graphics.drawImage(tiles.get(i), GAP + i % columns * right, GAP + i / columns * down, null);
    }
    graphics.dispose();
    return sheet;
  }
}
