package io.boxwright.diffusion.layout;

import io.boxwright.text.Printable;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The meaning of the four numbers of a box. */
public enum BoxForm {
  /** The left, top, right and bottom edge. */
  XYXY,
  /** The left and top edge, the width and the height. */
  XYWH,
  /** The centre, the width and the height. */
  CXCYWH;

  /**
   * Returns a form by its name in any case.
   *
   * @throws IllegalArgumentException listing the forms, if there is none of this name
   */
  public static BoxForm of(String name) {
    return Arrays.stream(values())
        .filter(form -> form.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Unknown form of boxes %s: choose one of %s"
                        .formatted(Printable.name(name), listNames())));
  }

  private static String listNames() {
    return Arrays.stream(values())
        .map(form -> form.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  /** Returns the left, top, right and bottom edge of a box of this form, in the same unit. */
  public double[] toEdges(double first, double second, double third, double fourth) {
    return switch (this) {
      case XYXY -> new double[] {first, second, third, fourth};
      case XYWH -> new double[] {first, second, first + third, second + fourth};
      case CXCYWH ->
          new double[] {
            first - third / 2, second - fourth / 2, first + third / 2, second + fourth / 2
          };
    };
  }
}
