package io.boxwright.job.figures;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A filter that keeps only the best of several detections of one thing. It compares detections of
 * the same label with each other, and no others.
 *
 * @param maxOverlap the intersection over union from which on the detection with the lower score
 *     goes, above 0 and at most 1
 */
public record NonMaximumSuppression(double maxOverlap) {

  /** Checks the limit. */
  public NonMaximumSuppression {
    if (!(maxOverlap > 0 && maxOverlap <= 1)) {
      throw new IllegalArgumentException(
          "The largest overlap is %s, not above 0 and at most 1".formatted(maxOverlap));
    }
  }

  /** Returns the detections that stay, those with the highest scores first. */
  public List<DetectedObject> filter(List<DetectedObject> detections) {
    List<DetectedObject> kept = new ArrayList<>();
    for (DetectedObject next : sortByScore(detections)) {
      if (kept.stream().noneMatch(better -> hides(better, next))) {
        kept.add(next);
      }
    }
    return kept;
  }

  private boolean hides(DetectedObject better, DetectedObject other) {
    return better.label().equals(other.label())
        && better.box().intersectionOverUnion(other.box()) >= maxOverlap;
  }

  /** Returns detections with the highest scores first; equal scores stay in their order. */
  static List<DetectedObject> sortByScore(List<DetectedObject> detections) {
    return detections.stream()
        .sorted(Comparator.comparingDouble(DetectedObject::score).reversed())
        .toList();
  }
}
