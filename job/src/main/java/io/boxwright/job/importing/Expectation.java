package io.boxwright.job.importing;

/**
 * A thing that the image must show, or must not show.
 *
 * @param label the name of the thing, for a detector
 * @param minCount how many there must be at least; null means 1
 * @param maxCount how many there may be at most; null means any number, 0 means that it must not
 *     occur
 * @param color the colour that it must have; null means any
 * @param relation its place relative to another thing, or null
 * @param relativeTo the index of the other thing among the expectations, from 0; null without a
 *     relation
 */
record Expectation(
    String label,
    Integer minCount,
    Integer maxCount,
    String color,
    Relation relation,
    Integer relativeTo) {

  /** Checks that a relation names the other thing. */
  Expectation {
    if ((relation == null) != (relativeTo == null)) {
      throw new IllegalArgumentException("Invalid expectation: a relation needs another thing");
    }
  }

  /** Expects at least one thing of this name. */
  static Expectation of(String label) {
    return new Expectation(label, null, null, null, null, null);
  }

  /** Expects that there is no thing of this name. */
  static Expectation none(String label) {
    return of(label).withCounts(0, 0);
  }

  Expectation withCounts(Integer least, Integer most) {
    return new Expectation(label, least, most, color, relation, relativeTo);
  }

  Expectation withColor(String newColor) {
    return new Expectation(label, minCount, maxCount, newColor, relation, relativeTo);
  }

  Expectation withRelation(Relation newRelation, int other) {
    return new Expectation(label, minCount, maxCount, color, newRelation, other);
  }
}
