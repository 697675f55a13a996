package io.boxwright.job.figures;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A thing that an image must show, or must not show: an element of the column {@code expected}.
 *
 * @param label the label that a detector looks for
 * @param minCount the smallest right number of things; null means 1, or 0 if {@code maxCount} is 0
 * @param maxCount the largest right number; null means no limit
 * @param color the colour that the things must have; null means any
 * @param relation the relation to another thing; null means none
 * @param relativeTo the index of that other thing in the list of expectations, from 0; null without
 *     a relation
 */
public record Expectation(
    String label,
    Integer minCount,
    Integer maxCount,
    String color,
    Relation relation,
    Integer relativeTo) {

  /**
   * Checks the counts and the relation.
   *
   * @throws IllegalArgumentException if a count is negative, the smallest count is above the
   *     largest, or only one of relation and other thing is there
   */
  public Expectation {
    Objects.requireNonNull(label, "label");
    if ((relation == null) != (relativeTo == null)) {
      throw new IllegalArgumentException(
          "The expectation '%s' needs both a relation and another thing, or none".formatted(label));
    }
    if (relativeTo != null && relativeTo < 0) {
      throw new IllegalArgumentException(
          "The expectation '%s' is relative to thing %d".formatted(label, relativeTo));
    }
    int least = leastCount(minCount, maxCount);
    if (least < 0 || (maxCount != null && maxCount < least)) {
      throw new IllegalArgumentException(
          "The expectation '%s' has counts from %s to %s".formatted(label, minCount, maxCount));
    }
  }

  /** Expects at least one thing. */
  public static Expectation of(String label) {
    return new Expectation(label, null, null, null, null, null);
  }

  /**
   * Expects this number of things, no more and no less; 0 expects that there is none.
   *
   * @throws IllegalArgumentException if the number is negative
   */
  public static Expectation exactly(int count, String label) {
    return of(label).withCounts(count, count);
  }

  /**
   * Returns this expectation with other counts.
   *
   * @param least the smallest right number, or null
   * @param most the largest right number, or null
   * @throws IllegalArgumentException if a count is negative, or the smallest is above the largest
   */
  public Expectation withCounts(Integer least, Integer most) {
    return new Expectation(label, least, most, color, relation, relativeTo);
  }

  /**
   * Returns this expectation with another colour.
   *
   * @param newColor the colour, or null for any
   */
  public Expectation withColor(String newColor) {
    return new Expectation(label, minCount, maxCount, newColor, relation, relativeTo);
  }

  /**
   * Returns this expectation with another relation.
   *
   * @param other the index of the other thing in the list of expectations, from 0
   */
  public Expectation withRelation(Relation newRelation, int other) {
    return new Expectation(label, minCount, maxCount, color, newRelation, other);
  }

  /** Returns the smallest right number of things. */
  public int leastCount() {
    return leastCount(minCount, maxCount);
  }

  /** Returns the only right number of things, if there is only one. */
  public Optional<Integer> exactCount() {
    return Optional.ofNullable(maxCount).filter(count -> count == leastCount());
  }

  /** Returns whether a number of things is right. */
  public boolean accepts(int count) {
    return count >= leastCount() && (maxCount == null || count <= maxCount);
  }

  private static int leastCount(Integer minCount, Integer maxCount) {
    if (minCount != null) {
      return minCount;
    }
    return maxCount != null && maxCount == 0 ? 0 : 1;
  }

  /**
   * Checks that each relation leads to another thing of the same list.
   *
   * @throws IllegalArgumentException naming the thing whose relation leads nowhere or to itself
   */
  public static void requireConnected(List<Expectation> expected) {
    for (int i = 0; i < expected.size(); i++) {
      Integer other = expected.get(i).relativeTo();
      if (other != null && (other >= expected.size() || other == i)) {
        throw new IllegalArgumentException(
            "The expectation '%s' is relative to thing %d of %d"
                .formatted(expected.get(i).label(), other, expected.size()));
      }
    }
  }
}
