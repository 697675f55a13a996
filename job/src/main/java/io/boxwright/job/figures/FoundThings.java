package io.boxwright.job.figures;

import java.util.List;
import java.util.function.BiPredicate;

/** The things that an image is expected to show, with the detections of each. */
final class FoundThings {

  private final EvaluatedImage image;
  private final List<List<DetectedObject>> found;

  /**
   * Collects the detections of each expected thing, those with the highest scores first.
   *
   * @param image the image
   * @param detections the detections that count
   */
  FoundThings(EvaluatedImage image, List<DetectedObject> detections) {
    this.image = image;
    List<DetectedObject> sorted = NonMaximumSuppression.sortByScore(detections);
    this.found =
        image.expected().stream()
            .map(thing -> sorted.stream().filter(one -> one.label().equals(thing.label())).toList())
            .toList();
  }

  /** Counts the detections of an expected thing. */
  int count(int thing) {
    return found.get(thing).size();
  }

  /** Returns whether the number of every thing is right. */
  boolean countsHold() {
    for (int i = 0; i < found.size(); i++) {
      if (!image.expected().get(i).accepts(count(i))) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether there is a detection of every thing. */
  boolean allFound() {
    return found.stream().noneMatch(List::isEmpty);
  }

  /** Returns whether in every relation at least one pair of detections obeys the rule. */
  boolean anyPairObeys(RelationRule rule) {
    return relationsHold(
        (thing, other) ->
            found.get(thing).stream()
                .anyMatch(
                    first ->
                        found.get(other).stream()
                            .anyMatch(second -> obeys(rule, thing, first, second))));
  }

  /** Returns whether in every relation the detections with the highest scores obey the rule. */
  boolean bestPairObeys(RelationRule rule) {
    return relationsHold((thing, other) -> topPairsObey(rule, thing, 1, other, 1));
  }

  /**
   * Returns whether in every relation all pairs obey the rule, if of each thing only as many
   * detections count as there must be at least.
   */
  boolean allNeededPairsObey(RelationRule rule) {
    return relationsHold(
        (thing, other) ->
            topPairsObey(
                rule,
                thing,
                image.expected().get(thing).leastCount(),
                other,
                image.expected().get(other).leastCount()));
  }

  private boolean relationsHold(BiPredicate<Integer, Integer> check) {
    for (int i = 0; i < found.size(); i++) {
      Integer other = image.expected().get(i).relativeTo();
      if (other != null && !check.test(i, other)) {
        return false;
      }
    }
    return true;
  }

  private boolean topPairsObey(
      RelationRule rule, int thing, int firstCount, int other, int secondCount) {
    if (count(thing) < firstCount || count(other) < secondCount) {
      return false;
    }
    return found.get(thing).subList(0, firstCount).stream()
        .allMatch(
            first ->
                found.get(other).subList(0, secondCount).stream()
                    .allMatch(second -> obeys(rule, thing, first, second)));
  }

  private boolean obeys(RelationRule rule, int thing, DetectedObject first, DetectedObject second) {
    return rule.holds(
        image.expected().get(thing).relation(),
        image.toPixels(first.box()),
        image.toPixels(second.box()));
  }
}
