package io.boxwright.job.importing;

import java.util.Arrays;
import java.util.Optional;

/** A place of one thing relative to another, as the column {@code expected} names it. */
enum Relation {
  LEFT_OF("left of"),
  RIGHT_OF("right of"),
  ABOVE("above"),
  BELOW("below"),
  NEXT_TO("next to");

  private final String text;

  Relation(String text) {
    this.text = text;
  }

  /** Returns the relation with this text in the table. */
  static Optional<Relation> of(String text) {
    return Arrays.stream(values()).filter(relation -> relation.text.equals(text)).findFirst();
  }

  /** Returns the text in the table. */
  String text() {
    return text;
  }

  /** Returns the relation that the second thing has to the first one. */
  Relation inverse() {
    return switch (this) {
      case LEFT_OF -> RIGHT_OF;
      case RIGHT_OF -> LEFT_OF;
      case ABOVE -> BELOW;
      case BELOW -> ABOVE;
      case NEXT_TO -> NEXT_TO;
    };
  }
}
