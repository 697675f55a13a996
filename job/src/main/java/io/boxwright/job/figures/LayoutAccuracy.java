package io.boxwright.job.figures;

import io.boxwright.diffusion.detection.LabelMode;
import io.boxwright.diffusion.layout.BoundingBox;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The layout scores of 7Bench, C-Bench and O-Bench: for each asked-for box the detection of its
 * phrase that overlaps it most, the share of boxes whose overlap reaches k, and the area under that
 * share over k.
 *
 * @param name the name of the benchmark
 * @param detector what the authors ask of their detector
 * @param firstTenth the smallest k in tenths, 0..10
 * @param lastTenth the largest k in tenths, above the smallest and up to 10
 * @param source where the formulas are from
 */
public record LayoutAccuracy(
    String name, Optional<DetectorRequest> detector, int firstTenth, int lastTenth, String source)
    implements Benchmark {

  private static final double PIPELINE_THRESHOLD = 0.1;
  private static final String AREA = "area";
  private static final String MEAN_OVERLAP = "mean_iou";
  private static final String OUR_SOURCE = "Boxwright; the authors do not report it";

  /**
   * Checks the range of k.
   *
   * @throws IllegalArgumentException if it is empty or leaves 0..10
   */
  public LayoutAccuracy {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(source, "source");
    if (firstTenth < 0 || firstTenth >= lastTenth || lastTenth > 10) {
      throw new IllegalArgumentException(
          "Tenths from %d to %d are no range in 0..10".formatted(firstTenth, lastTenth));
    }
  }

  /** 7Bench: OWL-ViT, k from 0.1 to 0.9. */
  public static LayoutAccuracy sevenBench() {
    return new LayoutAccuracy(
        "7bench",
        Optional.of(request("google/owlvit-base-patch32")),
        1,
        9,
        "arXiv 2508.12919 and davidevezzaro/tifa-test");
  }

  /** C-Bench: OWLv2, k from 0 to 1. */
  public static LayoutAccuracy cBench() {
    return coBench("c-bench");
  }

  /** O-Bench: OWLv2, k from 0 to 1. */
  public static LayoutAccuracy oBench() {
    return coBench("o-bench");
  }

  private static LayoutAccuracy coBench(String name) {
    return new LayoutAccuracy(
        name,
        Optional.of(request("google/owlv2-base-patch16-ensemble")),
        0,
        10,
        "arXiv 2604.25358 and lparolari/cobench");
  }

  private static DetectorRequest request(String model) {
    return new DetectorRequest(
        model + " in transformers' zero-shot pipeline",
        PIPELINE_THRESHOLD,
        LabelMode.ALONE,
        LabelSource.PHRASES,
        LabelTemplate.BARE);
  }

  /**
   * {@inheritDoc}
   *
   * <p>An image in which the detector finds nothing at all gets 0 for every k, also for 0.
   */
  @Override
  public Map<String, Double> judge(EvaluatedImage image) {
    List<Double> overlaps = findOverlaps(image);
    if (overlaps.isEmpty()) {
      return Map.of();
    }
    boolean foundAny =
        image.objects().stream().anyMatch(object -> !image.detectionsOf(object.phrase()).isEmpty());
    Map<String, Double> values = new LinkedHashMap<>();
    List<Double> curve = new ArrayList<>();
    for (int tenth = firstTenth; tenth <= lastTenth; tenth++) {
      double accuracy = foundAny ? computeShare(tenth / 10.0, overlaps) : 0;
      values.put(nameAccuracy(tenth), accuracy);
      curve.add(accuracy);
    }
    values.put(AREA, integrate(curve));
    values.put(
        MEAN_OVERLAP, overlaps.stream().mapToDouble(Double::doubleValue).average().orElseThrow());
    return values;
  }

  private static List<Double> findOverlaps(EvaluatedImage image) {
    List<Double> overlaps = new ArrayList<>();
    for (AskedObject object : image.objects()) {
      List<PixelBox> found =
          image.detectionsOf(object.phrase()).stream()
              .map(detection -> image.toPixels(detection.box()).toWholePixels())
              .toList();
      for (BoundingBox box : object.boxes()) {
        PixelBox target = image.toPixels(box);
        overlaps.add(found.stream().mapToDouble(target::inclusiveOverlap).max().orElse(0));
      }
    }
    return overlaps;
  }

  private static double computeShare(double least, List<Double> overlaps) {
    return overlaps.stream().mapToInt(overlap -> overlap >= least ? 1 : 0).average().orElseThrow();
  }

  /** Returns the area under values that are 0.1 apart, by the trapezoidal rule. */
  private static double integrate(List<Double> curve) {
    double ends = (curve.get(0) + curve.get(curve.size() - 1)) / 2;
    double inner =
        curve.subList(1, curve.size() - 1).stream().mapToDouble(Double::doubleValue).sum();
    return (ends + inner) / 10;
  }

  private static String nameAccuracy(int tenth) {
    return String.format(Locale.ROOT, "accuracy@%.1f", tenth / 10.0);
  }

  @Override
  public List<FigureDefinition> figures() {
    List<FigureDefinition> figures = new ArrayList<>();
    figures.add(
        define(
            "layout_score",
            AREA,
            "area under accuracy@k for k from %.1f to %.1f by the trapezoidal rule, at most %.1f"
                .formatted(firstTenth / 10.0, lastTenth / 10.0, (lastTenth - firstTenth) / 10.0),
            source));
    IntStream.rangeClosed(firstTenth, lastTenth)
        .mapToObj(LayoutAccuracy::nameAccuracy)
        .map(
            accuracy ->
                define(
                    accuracy,
                    accuracy,
                    "mean over images of the share of boxes whose best detection has an IoU of at"
                        + " least k; 0 without any detection",
                    source))
        .forEach(figures::add);
    figures.add(
        define(
            MEAN_OVERLAP,
            MEAN_OVERLAP,
            "mean over images of the mean over boxes of the IoU of the best detection",
            OUR_SOURCE));
    return figures;
  }

  private static FigureDefinition define(
      String figure, String value, String formula, String source) {
    return new FigureDefinition(
        figure,
        FigureUnit.FRACTION,
        FigureScope.OVERALL_AND_CATEGORIES,
        formula,
        source,
        new ImageMean(value, 1));
  }
}
