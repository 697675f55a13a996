package io.boxwright.diffusion.detection;

import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A scorer of how well the objects that a detector found in one image keep to its layout. */
public final class DetectionScorer {

  private final List<LayoutObject> objects;

  /** Makes a scorer of the given layout. */
  public DetectionScorer(List<LayoutObject> objects) {
    this.objects = List.copyOf(objects);
  }

  /** Returns the labels that a detector should look for: each label of the layout once. */
  public List<String> labels() {
    return objects.stream().map(LayoutObject::label).distinct().toList();
  }

  /**
   * Scores an image. Each object is scored by the detection of its label that has the highest
   * score, so objects with the same label share it.
   *
   * @param detections the objects found for {@link #labels}
   */
  public LayoutDetection score(List<Detection> detections) {
    List<ObjectDetection> scored =
        objects.stream().map(object -> scoreObject(object, detections)).toList();
    return new LayoutDetection(
        DetectionScores.mean(scored.stream().map(ObjectDetection::scores).toList()),
        scored.stream().allMatch(ObjectDetection::rightAndInBox) ? 1 : 0,
        scored);
  }

  private static ObjectDetection scoreObject(LayoutObject object, List<Detection> detections) {
    Optional<Detection> best =
        detections.stream()
            .filter(detection -> detection.query().equals(object.label()))
            .max(Comparator.comparingDouble(Detection::score));
    return new ObjectDetection(
        best,
        best.map(detection -> scoreDetection(detection, object.boxes()))
            .orElse(DetectionScores.NOT_FOUND));
  }

  private static DetectionScores scoreDetection(Detection detection, List<BoundingBox> boxes) {
    BoundingBox found = detection.box();
    return new DetectionScores(
        1,
        detection.right() ? 1 : 0,
        boxes.stream().anyMatch(box -> box.containsCentreOf(found)) ? 1 : 0,
        boxes.stream().mapToDouble(found::intersectionOverUnion).max().orElseThrow());
  }
}
