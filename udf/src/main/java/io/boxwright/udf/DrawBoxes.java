package io.boxwright.udf;

import io.boxwright.diffusion.images.DrawBox;
import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.RelativeBoxes;
import io.boxwright.diffusion.pipelines.RequestLimits;
import io.boxwright.text.Count;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.DataTypes;

/**
 * The function {@code draw_boxes(image_bytes, boxes, labels)}, which gives a picture with labelled
 * boxes as PNG. Boxes with the same label have the same colour.
 */
final class DrawBoxes extends SqlFunction<byte[]> {

  private static final long serialVersionUID = 1;

  /** 8192 x 8192, which takes 256 MB while boxes are drawn. */
  private static final long MOST_PIXELS = 67_108_864;

  DrawBoxes() {
    super(
        "draw_boxes",
        "image_bytes BINARY, boxes ARRAY<ARRAY<DOUBLE>>, labels ARRAY<STRING>",
        DataTypes.BinaryType);
  }

  /**
   * Draws boxes. The picture is PNG, JPEG or another format that Java reads; a box is x_min, y_min,
   * x_max, y_max, each 0..1, origin top left. Boxes and labels may also be null, which stands for
   * none.
   *
   * @return PNG of the picture's size, RGB; null if there is no picture
   * @throws IllegalArgumentException naming the wrong box, the label that is too long, the
   *     different numbers of labels and boxes, or the problem of the picture
   * @throws IllegalStateException if there are labels, but no fonts on this host
   */
  @Override
  public byte[] produceResult(InternalRow arguments) {
    if (arguments.isNullAt(0)) {
      return null;
    }
    List<BoundingBox> boxes = readBoxes(arguments, 1);
    List<String> labels = readLabels(arguments, 2, boxes.size());
    DrawBox drawing = new DrawBox(decode(arguments.getBinary(0)));
    drawOutlines(drawing, boxes, labels);
    drawLabels(drawing, boxes, labels);
    return PngEncoder.encode(drawing.image());
  }

  private static List<BoundingBox> readBoxes(InternalRow arguments, int place) {
    List<List<Number>> given = readNumbers(arguments, place);
    RequestLimits.requireCount("boxes", given.size(), "boxes", RequestLimits.BOXES);
    return RelativeBoxes.read("boxes", given);
  }

  private static List<List<Number>> readNumbers(InternalRow arguments, int place) {
    List<List<Number>> lists = new ArrayList<>();
    if (!arguments.isNullAt(place)) {
      ArrayData array = arguments.getArray(place);
      for (int i = 0; i < array.numElements(); i++) {
        lists.add(array.isNullAt(i) ? null : readNumbers(array.getArray(i)));
      }
    }
    return lists;
  }

  private static List<Number> readNumbers(ArrayData array) {
    List<Number> numbers = new ArrayList<>();
    for (int i = 0; i < array.numElements(); i++) {
      numbers.add(array.isNullAt(i) ? null : array.getDouble(i));
    }
    return numbers;
  }

  /** Reads a label for each box, which is empty where there is none. */
  private static List<String> readLabels(InternalRow arguments, int place, int boxes) {
    List<String> given = readStrings(arguments, place);
    if (given.isEmpty()) {
      return Collections.nCopies(boxes, "");
    }
    if (given.size() != boxes) {
      throw new IllegalArgumentException(
          "Invalid labels: %s, but %s"
              .formatted(Count.of(boxes, "box", "boxes"), Count.of(given.size(), "label")));
    }
    for (int i = 0; i < boxes; i++) {
      RequestLimits.requireLength(
          "labels[%d]".formatted(i), given.get(i), RequestLimits.PHRASE_CHARACTERS);
    }
    return given.stream().map(label -> Objects.requireNonNullElse(label, "")).toList();
  }

  private static BufferedImage decode(byte[] bytes) {
    String problem = "it has no format that Java reads";
    try {
      // In memory: from a plain stream, ImageIO spools every picture through a temporary file.
      ImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes));
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (readers.hasNext()) {
        return decode(readers.next(), stream);
      }
    } catch (IOException | RuntimeException e) { // the latter for broken streams
      problem = e.getMessage();
    }
    throw new IllegalArgumentException(
        "Invalid image_bytes: cannot read a picture from %s: %s"
            .formatted(Count.of(bytes.length, "byte"), problem));
  }

  /** Decodes a picture, unless its header says that it is too large for an executor's memory. */
  private static BufferedImage decode(ImageReader reader, ImageInputStream stream)
      throws IOException {
    try {
      reader.setInput(stream);
      long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
      if (pixels > MOST_PIXELS) {
        throw new IOException(
            "it has %dx%d pixels, the limit is %d million"
                .formatted(reader.getWidth(0), reader.getHeight(0), MOST_PIXELS / 1_000_000));
      }
      return reader.read(0);
    } finally {
      reader.dispose();
    }
  }

  private static void drawOutlines(DrawBox drawing, List<BoundingBox> boxes, List<String> labels) {
    for (int i = 0; i < boxes.size(); i++) {
      BoundingBox box = boxes.get(i);
      drawing.outline(findObject(labels, i), box.xMin(), box.yMin(), box.xMax(), box.yMax());
    }
  }

  /** Draws labels after all boxes, so that no box crosses a label. */
  private static void drawLabels(DrawBox drawing, List<BoundingBox> boxes, List<String> labels) {
    try {
      for (int i = 0; i < boxes.size(); i++) {
        BoundingBox box = boxes.get(i);
        drawing.label(findObject(labels, i), labels.get(i), box.xMin(), box.yMin());
      }
    } catch (RuntimeException | LinkageError | InternalError e) { // JDKs differ in how they fail
      // Without its cause: Spark ends executors in which an error like these occurs.
      throw new IllegalStateException(
          "Cannot write labels, because Java finds no font on this host (%s); give NULL for labels"
              .formatted(e));
    }
  }

  /** Finds the first box with the same label; a box without a label is an object of its own. */
  private static int findObject(List<String> labels, int place) {
    return labels.get(place).isEmpty() ? place : labels.indexOf(labels.get(place));
  }
}
