package io.boxwright.job.figures;

import io.boxwright.diffusion.layout.BoundingBox;
import java.util.List;
import java.util.stream.Stream;

/**
 * The asked-for boxes and the detections of one label in one image, for COCO's greedy matching.
 *
 * @param asked the asked-for boxes
 * @param ranked at most 100 detections, those with the highest scores first
 */
record BoxMatches(List<BoundingBox> asked, List<DetectedObject> ranked) {

  private static final int MAX_DETECTIONS = 100;

  /** Copies the lists. */
  BoxMatches {
    asked = List.copyOf(asked);
    ranked = List.copyOf(ranked);
  }

  /** Collects the boxes of a label. */
  static BoxMatches of(String label, EvaluatedImage image) {
    Stream<DetectedObject> ranked =
        NonMaximumSuppression.sortByScore(image.detectionsOf(label)).stream();
    return new BoxMatches(
        image.objects().stream()
            .filter(object -> object.phrase().equals(label))
            .flatMap(object -> object.boxes().stream())
            .toList(),
        ranked.limit(MAX_DETECTIONS).toList());
  }

  /**
   * Gives each detection, from the highest score on, the box that it overlaps most among those that
   * are left.
   *
   * @param leastOverlap the least intersection over union of a match, 0..1
   * @return whether each of the ranked detections has a box
   */
  List<Boolean> match(double leastOverlap) {
    boolean[] taken = new boolean[asked.size()];
    return ranked.stream().map(detection -> takeBest(detection, leastOverlap, taken)).toList();
  }

  private boolean takeBest(DetectedObject detection, double leastOverlap, boolean[] taken) {
    int best = -1;
    double bestOverlap = leastOverlap;
    for (int i = 0; i < asked.size(); i++) {
      double overlap = asked.get(i).intersectionOverUnion(detection.box());
      if (!taken[i] && overlap >= bestOverlap) {
        best = i;
        bestOverlap = overlap;
      }
    }
    if (best >= 0) {
      taken[best] = true;
    }
    return best >= 0;
  }
}
