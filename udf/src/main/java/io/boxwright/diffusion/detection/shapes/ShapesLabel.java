package io.boxwright.diffusion.detection.shapes;

import io.boxwright.text.Printable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A label of the Shapes world.
 *
 * @param text the label as it was asked for
 * @param color the colour of the object
 * @param shape the shape of the object
 */
record ShapesLabel(String text, Palette color, ShapeKind shape) {

  private static final List<Palette> COLORS =
      Arrays.stream(Palette.values()).filter(Palette::isOfObjects).toList();

  private static final List<ShapeKind> SHAPES = List.of(ShapeKind.values());

  /**
   * Reads a label: a colour and a shape, with or without {@code a} or {@code an}, in any case.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  static ShapesLabel parse(String text) {
    String words = text.strip().toLowerCase(Locale.ROOT).replaceFirst("^an? ", "");
    for (Palette color : COLORS) {
      for (ShapeKind shape : SHAPES) {
        if (words.equals(name(color) + " " + name(shape))) {
          return new ShapesLabel(text, color, shape);
        }
      }
    }
    throw new IllegalArgumentException(
        ("Cannot look for '%s': a label of the Shapes world looks like 'a red circle', with one of"
                + " the colours %s and one of the shapes %s")
            .formatted(Printable.value(text), joinNames(COLORS), joinNames(SHAPES)));
  }

  /** Returns the label of an object of the same colour and perhaps another shape. */
  String withShape(ShapeKind other) {
    if (other == shape) {
      return text;
    }
    String article = color == Palette.ORANGE ? "an" : "a";
    return "%s %s %s".formatted(article, name(color), name(other));
  }

  private static String joinNames(List<? extends Enum<?>> values) {
    return values.stream().map(ShapesLabel::name).collect(Collectors.joining(", "));
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
