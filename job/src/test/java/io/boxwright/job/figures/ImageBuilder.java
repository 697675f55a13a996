package io.boxwright.job.figures;

import io.boxwright.diffusion.layout.BoundingBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds images of 100x100 pixels for tests; boxes are given in pixels. */
final class ImageBuilder {

  private static final double SIZE = 100;

  private final String id;
  private final int index;
  private final List<AskedObject> objects = new ArrayList<>();
  private final List<Expectation> expected = new ArrayList<>();
  private final List<DetectedObject> detections = new ArrayList<>();
  private final List<ColorShare> colors = new ArrayList<>();
  private String category;
  private ImageStatus status = ImageStatus.OK;

  ImageBuilder(String id, int index) {
    this.id = id;
    this.index = index;
  }

  static ImageBuilder image() {
    return new ImageBuilder("1", 0);
  }

  static BoundingBox box(double xMin, double yMin, double xMax, double yMax) {
    return new BoundingBox(xMin / SIZE, yMin / SIZE, xMax / SIZE, yMax / SIZE);
  }

  ImageBuilder category(String name) {
    category = name;
    return this;
  }

  ImageBuilder failed() {
    status = ImageStatus.ERROR;
    return this;
  }

  ImageBuilder ask(String phrase, BoundingBox... boxes) {
    objects.add(new AskedObject(phrase, List.of(boxes)));
    return this;
  }

  ImageBuilder expect(Expectation... things) {
    expected.addAll(List.of(things));
    return this;
  }

  /** Expects a thing that has a relation to thing number {@code other}. */
  ImageBuilder expect(String label, Relation relation, int other) {
    return expect(new Expectation(label, null, null, null, relation, other));
  }

  ImageBuilder find(String label, double score, BoundingBox box) {
    detections.add(new DetectedObject(label, score, box));
    return this;
  }

  ImageBuilder color(BoundingBox box, String color, double share) {
    colors.add(new ColorShare(box, color, share));
    return this;
  }

  EvaluatedImage build() {
    return new EvaluatedImage(
        id,
        index,
        "a prompt",
        category,
        status,
        objects,
        expected,
        detections,
        (int) SIZE,
        (int) SIZE,
        Optional.empty(),
        colors);
  }
}
