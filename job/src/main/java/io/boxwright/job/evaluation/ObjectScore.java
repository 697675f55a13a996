package io.boxwright.job.evaluation;

import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.detection.DetectionScorer;
import io.boxwright.diffusion.detection.DetectionScores;
import io.boxwright.diffusion.detection.ObjectDetection;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.job.figures.PixelBox;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The score of an object of a layout.
 *
 * @param object the object
 * @param byScore the scores of the detection with the highest score, as a run's column {@code
 *     detection} has them; empty if the object was not looked for
 * @param bestScore the detection with the highest score
 * @param bestIou the right detection that overlaps a box of the object most
 * @param iou its intersection over union, 0 without one; empty if the object was not looked for
 * @param inclusiveIou the largest intersection over union where edges are whole pixels that belong
 *     to the box, as 7Bench computes it
 * @param clips the CLIP scores of the crops in the boxes; empty if they were not measured
 */
record ObjectScore(
    LayoutObject object,
    Optional<DetectionScores> byScore,
    Optional<Detection> bestScore,
    Optional<Detection> bestIou,
    Optional<Double> iou,
    Optional<Double> inclusiveIou,
    List<Double> clips) {

  /** Copies the list. */
  ObjectScore {
    clips = List.copyOf(clips);
  }

  /** Scores the objects of an image, in the order of its layout. */
  static List<ObjectScore> of(ImageScore score) {
    List<LayoutObject> layout = score.image().layout();
    if (layout.isEmpty()) {
      return List.of();
    }
    List<ObjectDetection> byScore = new DetectionScorer(layout).score(score.detections()).objects();
    List<Double> clips = score.clip().map(clip -> clip.boxes()).orElse(List.of());
    List<ObjectScore> objects = new ArrayList<>();
    int box = 0;
    for (int i = 0; i < layout.size(); i++) {
      int end = box + layout.get(i).boxes().size();
      List<Double> own = clips.isEmpty() ? clips : clips.subList(box, end);
      objects.add(
          score.labels().contains(layout.get(i).label())
              ? compare(layout.get(i), byScore.get(i), score, own)
              : notLookedFor(layout.get(i), own));
      box = end;
    }
    return objects;
  }

  private static ObjectScore notLookedFor(LayoutObject object, List<Double> clips) {
    return new ObjectScore(
        object,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        clips);
  }

  private static ObjectScore compare(
      LayoutObject object, ObjectDetection byScore, ImageScore score, List<Double> clips) {
    List<Detection> right =
        score.detections().stream()
            .filter(found -> found.right() && found.query().equals(object.label()))
            .toList();
    Optional<Detection> best =
        right.stream().max(Comparator.comparingDouble(found -> overlap(object, found)));
    int width = score.image().width();
    int height = score.image().height();
    return new ObjectScore(
        object,
        Optional.of(byScore.scores()),
        byScore.detection(),
        best,
        Optional.of(best.map(found -> overlap(object, found)).orElse(0.0)),
        Optional.of(
            right.stream()
                .mapToDouble(found -> inclusiveOverlap(object, found, width, height))
                .max()
                .orElse(0)),
        clips);
  }

  private static double overlap(LayoutObject object, Detection found) {
    return object.boxes().stream()
        .mapToDouble(box -> box.intersectionOverUnion(found.box()))
        .max()
        .orElseThrow();
  }

  private static double inclusiveOverlap(
      LayoutObject object, Detection found, int width, int height) {
    PixelBox pixels = PixelBox.of(found.box(), width, height).toWholePixels();
    return object.boxes().stream()
        .mapToDouble(box -> PixelBox.of(box, width, height).inclusiveOverlap(pixels))
        .max()
        .orElseThrow();
  }
}
