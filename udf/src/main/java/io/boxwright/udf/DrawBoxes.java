package io.boxwright.udf;

import io.boxwright.diffusion.images.DrawBox;
import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.RelativeBoxes;
import io.boxwright.diffusion.pipelines.RequestLimits;
import io.boxwright.text.Count;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;

/**
 * The function {@code draw_boxes(image_bytes, boxes, labels)}, also without labels, which gives a
 * picture with boxes as PNG. Boxes with the same label have the same colour.
 */
final class DrawBoxes extends SqlFunction<byte[]> {

  private static final long serialVersionUID = 1;

  private DrawBoxes(String parameters) {
    super(
        "draw_boxes",
        parameters,
        DataTypes.BinaryType,
        "The picture with boxes and their labels drawn on it, as PNG. A box is x_min, y_min, x_max,"
            + " y_max, each 0 to 1");
  }

  /** Makes the function that also draws labels. */
  static DrawBoxes withLabels() {
    return new DrawBoxes("image_bytes BINARY, boxes ARRAY<ARRAY<DOUBLE>>, labels ARRAY<STRING>");
  }

  /** Makes the function that only draws boxes. */
  static DrawBoxes withoutLabels() {
    return new DrawBoxes("image_bytes BINARY, boxes ARRAY<ARRAY<DOUBLE>>");
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
    List<String> labels = checkLabels(readLabels(arguments), boxes.size());
    DrawBox drawing = new DrawBox(ImageDecoder.decode(arguments.getBinary(0)));
    drawOutlines(drawing, boxes, labels);
    drawLabels(drawing, boxes, labels);
    return PngEncoder.encode(drawing.image());
  }

  private static List<BoundingBox> readBoxes(InternalRow arguments, int place) {
    List<List<Number>> given =
        arguments.isNullAt(place)
            ? List.of()
            : ArrayReader.readNumberLists(arguments.getArray(place));
    RequestLimits.requireCount("boxes", given.size(), "boxes", RequestLimits.BOXES);
    return RelativeBoxes.read("boxes", given);
  }

  private static List<String> readLabels(InternalRow arguments) {
    boolean none = arguments.numFields() < 3 || arguments.isNullAt(2);
    return none ? List.of() : ArrayReader.readStrings(arguments.getArray(2));
  }

  /** Returns a label for each box, which is empty where there is none. */
  private static List<String> checkLabels(List<String> given, int boxes) {
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
