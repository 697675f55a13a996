package io.boxwright.job.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The attention of a run's objects against the overlap of their detected boxes.
 *
 * @param run the place of the run on the page
 * @param objects the number of objects that have both numbers
 * @param points some of these objects: attention in the box, 0..1, and IoU, 0..1
 * @param correlations how well scores of attention predict the IoU, over all of these objects
 */
public record ScatterPoints(
    int run, int objects, List<List<Double>> points, List<Correlation> correlations) {

  /** The largest number of points of all runs together. */
  static final int MOST_POINTS = 2000;

  /**
   * A rank correlation with the IoU.
   *
   * @param label the score of attention in words
   * @param spearman Spearman's correlation, -1..1; null if it cannot be computed, as for fewer than
   *     three objects
   */
  public record Correlation(String label, Double spearman) {}

  /** Copies the lists. */
  public ScatterPoints {
    points = List.copyOf(points);
    correlations = List.copyOf(correlations);
  }

  /**
   * Collects the objects of a run.
   *
   * @param mostPoints the largest number of points; of more objects, in the order of their images,
   *     every n-th is a point
   * @return nothing if no object has both numbers
   */
  static Optional<ScatterPoints> of(RunNumbers run, int mostPoints) {
    List<ObjectNumbers> objects =
        run.images().stream()
            .flatMap(image -> image.objects().stream())
            .filter(object -> object.inBoxMass() != null && object.iou() != null)
            .toList();
    if (objects.isEmpty()) {
      return Optional.empty();
    }
    List<Correlation> correlations = new ArrayList<>();
    correlate("attention in the box", ObjectNumbers::inBoxMass, objects)
        .ifPresent(correlations::add);
    correlate("lift over chance", ObjectNumbers::lift, objects).ifPresent(correlations::add);
    correlate("IoU of the attention", ObjectNumbers::attentionIou, objects)
        .ifPresent(correlations::add);
    return Optional.of(
        new ScatterPoints(run.run(), objects.size(), sample(objects, mostPoints), correlations));
  }

  private static List<List<Double>> sample(List<ObjectNumbers> objects, int most) {
    List<List<Double>> points = new ArrayList<>();
    int count = Math.min(most, objects.size());
    for (int i = 0; i < count; i++) {
      ObjectNumbers object = objects.get((int) ((long) i * objects.size() / count));
      points.add(List.of(round(object.inBoxMass()), round(object.iou())));
    }
    return points;
  }

  private static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  private static Optional<Correlation> correlate(
      String label, Function<ObjectNumbers, Double> attention, List<ObjectNumbers> objects) {
    List<ObjectNumbers> known =
        objects.stream().filter(object -> attention.apply(object) != null).toList();
    if (known.isEmpty()) {
      return Optional.empty();
    }
    Optional<Double> spearman =
        RankCorrelation.of(
            known.stream().mapToDouble(attention::apply).toArray(),
            known.stream().mapToDouble(ObjectNumbers::iou).toArray());
    return Optional.of(new Correlation(label, spearman.orElse(null)));
  }
}
