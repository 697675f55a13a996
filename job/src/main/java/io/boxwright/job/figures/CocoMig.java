package io.boxwright.job.figures;

import io.boxwright.diffusion.detection.LabelMode;
import io.boxwright.diffusion.layout.BoundingBox;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * COCO-MIG: whether each asked-for box has its thing in its colour. The categories of its prompts
 * are the levels, L2 to L6. Colours are those of the pixels in the asked-for box, as there is no
 * segmenter.
 */
public final class CocoMig implements Benchmark {

  private static final String SOURCE = "arXiv 2402.05408 and LeyRio/MIG_Bench eval_mig.py";
  private static final String INSTANCES = "instances";
  private static final String OVERLAP = "position_iou_sum";
  private static final String IN_PLACE = "in_place";
  private static final String COLORED = "instances_with_measured_colour";
  private static final String COLORED_OVERLAP = "iou_sum";
  private static final String RIGHT = "right";
  private static final String ALL_RIGHT = "all_right";
  private static final double LEAST_OVERLAP = 0.5;
  private static final double LEAST_COLOR = 0.2;
  private static final double THRESHOLD = 0.25;

  private final NonMaximumSuppression suppression = new NonMaximumSuppression(0.8);

  /**
   * An asked-for box as it was found.
   *
   * @param overlap the intersection over union of the best detection, 0..1
   * @param color whether the colour is right; nothing if it was not measured
   */
  private record Instance(double overlap, Optional<Boolean> color) {

    boolean inPlace() {
      return overlap >= LEAST_OVERLAP;
    }

    boolean right() {
      return inPlace() && color.orElseThrow();
    }

    /** A wrong colour takes the overlap of an instance that is in its place. */
    double coloredOverlap() {
      return inPlace() && !color.orElseThrow() ? 0 : overlap;
    }
  }

  @Override
  public String name() {
    return "coco-mig";
  }

  @Override
  public Optional<DetectorRequest> detector() {
    return Optional.of(
        new DetectorRequest(
            "GroundingDINO Swin-T",
            THRESHOLD,
            LabelMode.ALONE,
            LabelSource.EXPECTATIONS,
            LabelTemplate.BARE));
  }

  @Override
  public Map<String, Double> judge(EvaluatedImage image) {
    if (image.objects().isEmpty() || image.expected().isEmpty()) {
      return Map.of();
    }
    List<Instance> instances = findInstances(image);
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(INSTANCES, (double) instances.size());
    values.put(OVERLAP, instances.stream().mapToDouble(Instance::overlap).sum());
    values.put(IN_PLACE, (double) instances.stream().filter(Instance::inPlace).count());
    if (instances.stream().allMatch(instance -> instance.color().isPresent())) {
      double right = instances.stream().filter(Instance::right).count();
      values.put(COLORED, (double) instances.size());
      values.put(COLORED_OVERLAP, instances.stream().mapToDouble(Instance::coloredOverlap).sum());
      values.put(RIGHT, right);
      values.put(ALL_RIGHT, Outcomes.toNumber(right == instances.size()));
    }
    return values;
  }

  private List<Instance> findInstances(EvaluatedImage image) {
    List<Instance> instances = new ArrayList<>();
    for (AskedObject object : image.objects()) {
      Expectation thing = findThing(object, image);
      List<DetectedObject> found = suppression.filter(image.detectionsOf(thing.label()));
      for (BoundingBox box : object.boxes()) {
        double overlap =
            found.stream().mapToDouble(one -> one.box().intersectionOverUnion(box)).max().orElse(0);
        instances.add(new Instance(overlap, checkColor(thing.color(), box, image)));
      }
    }
    return instances;
  }

  /**
   * Returns the expectation whose colour and label the phrase has, such as {@code a red cat}; the
   * one with the longest label, if there are several. Plurals count as the same words.
   */
  private static Expectation findThing(AskedObject object, EvaluatedImage image) {
    return image.expected().stream()
        .filter(
            thing ->
                hasWords(object.phrase(), thing.label())
                    && (thing.color() == null || hasWords(object.phrase(), thing.color())))
        .max(Comparator.comparingInt(thing -> thing.label().length()))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Image %d of %s: no expected thing has the colour and the label of '%s'"
                        .formatted(image.imageIndex(), image.id(), object.phrase())));
  }

  /** Returns whether a phrase has words one after the other. */
  private static boolean hasWords(String phrase, String words) {
    List<String> all = List.of(phrase.toLowerCase(Locale.ROOT).split(" "));
    List<String> wanted = List.of(words.toLowerCase(Locale.ROOT).split(" "));
    return IntStream.rangeClosed(0, all.size() - wanted.size())
        .anyMatch(
            start ->
                IntStream.range(0, wanted.size())
                    .allMatch(i -> isSame(all.get(start + i), wanted.get(i))));
  }

  /** Returns whether two words are equal but for an ending of the plural. */
  private static boolean isSame(String first, String second) {
    return first.equals(second)
        || first.matches(Pattern.quote(second) + "e?s")
        || second.matches(Pattern.quote(first) + "e?s");
  }

  private static Optional<Boolean> checkColor(String color, BoundingBox box, EvaluatedImage image) {
    return color == null
        ? Optional.of(true)
        : image.colorShare(box, color).map(share -> share >= LEAST_COLOR);
  }

  @Override
  public Optional<Boolean> isRight(Map<String, Double> values) {
    return Outcomes.isYes(values, ALL_RIGHT)
        .or(() -> Outcomes.areEqual(values, IN_PLACE, INSTANCES));
  }

  @Override
  public List<FigureDefinition> figures() {
    String colour =
        "; colour: at least 20 % of the pixels in the asked-for box (the authors: of a mask) lie in"
            + " the colour's HSV range";
    return List.of(
        define(
            "miou",
            "mean over instances of the best IoU, 0 if the place is right and the colour wrong"
                + colour,
            new SumRatio(COLORED_OVERLAP, List.of(COLORED), 1)),
        define(
            "instance_success",
            "instances with a best IoU of at least 0.5 and the right colour, of all" + colour,
            new SumRatio(RIGHT, List.of(COLORED), 1)),
        define(
            "image_success",
            "images whose instances are all right, of all" + colour,
            new ImageMean(ALL_RIGHT, 1)),
        define(
            "position_miou",
            "mean over instances of the best IoU, without colours",
            new SumRatio(OVERLAP, List.of(INSTANCES), 1)),
        define(
            "position_success",
            "instances with a best IoU of at least 0.5, of all, without colours",
            new SumRatio(IN_PLACE, List.of(INSTANCES), 1)));
  }

  private static FigureDefinition define(String name, String formula, Statistic statistic) {
    return new FigureDefinition(
        name, FigureUnit.FRACTION, FigureScope.OVERALL_AND_CATEGORIES, formula, SOURCE, statistic);
  }
}
