package io.boxwright.job.figures;

import java.util.Arrays;

/** A relation of one thing to another, as the column {@code expected} names it. */
public enum Relation {
  /** The first thing is left of the second. */
  LEFT_OF("left of"),

  /** The first thing is right of the second. */
  RIGHT_OF("right of"),

  /** The first thing is higher in the image than the second. */
  ABOVE("above"),

  /** The first thing is lower in the image than the second. */
  BELOW("below"),

  /** The first thing is left or right of the second. */
  NEXT_TO("next to"),

  /** The first thing covers a larger area than the second. */
  LARGER_THAN("larger than"),

  /** The first thing covers a smaller area than the second. */
  SMALLER_THAN("smaller than");

  private final String text;

  Relation(String text) {
    this.text = text;
  }

  /** Returns the relation's name in tables. */
  public String text() {
    return text;
  }

  /**
   * Returns the relation with a name.
   *
   * @throws IllegalArgumentException naming the text and the known names
   */
  public static Relation of(String text) {
    return Arrays.stream(values())
        .filter(relation -> relation.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Unknown relation '%s'; known are %s"
                        .formatted(text, Arrays.stream(values()).map(Relation::text).toList())));
  }

  /** Returns the relation that the second thing has to the first one. */
  public Relation inverse() {
    return switch (this) {
      case LEFT_OF -> RIGHT_OF;
      case RIGHT_OF -> LEFT_OF;
      case ABOVE -> BELOW;
      case BELOW -> ABOVE;
      case NEXT_TO -> NEXT_TO;
      case LARGER_THAN -> SMALLER_THAN;
      case SMALLER_THAN -> LARGER_THAN;
    };
  }

  /** Returns whether this compares areas and not places. */
  boolean comparesSizes() {
    return this == LARGER_THAN || this == SMALLER_THAN;
  }
}
