package io.boxwright.job.figures;

import io.boxwright.diffusion.detection.LabelMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * COCO's average precision of the detections against the asked-for boxes, for every table with
 * boxes. A phrase is a class; classes that no layout asks for do not count.
 */
public final class AveragePrecision implements Benchmark {

  private static final String SOURCE = "COCOeval of pycocotools";
  private static final String BOXES = "boxes";
  private static final String MATCHED = "matched@0.5";
  private static final double LEAST_SCORE = 0.01;
  private static final List<Double> ALL_OVERLAPS =
      IntStream.range(0, 10).mapToObj(i -> 0.5 + i * 0.05).toList();

  @Override
  public String name() {
    return "coco-ap";
  }

  @Override
  public Optional<DetectorRequest> detector() {
    return Optional.of(
        new DetectorRequest(
            "any; the ranking needs weak detections, too",
            LEAST_SCORE,
            LabelMode.ALONE,
            LabelSource.PHRASES,
            LabelTemplate.BARE));
  }

  @Override
  public Map<String, Double> judge(EvaluatedImage image) {
    if (image.objects().isEmpty()) {
      return Map.of();
    }
    double matched =
        LabelSource.PHRASES.labels(image.objects(), image.expected()).stream()
            .map(label -> BoxMatches.of(label, image))
            .mapToLong(
                matches -> matches.match(ALL_OVERLAPS.get(0)).stream().filter(m -> m).count())
            .sum();
    double boxes = image.objects().stream().mapToInt(object -> object.boxes().size()).sum();
    return Map.of(BOXES, boxes, MATCHED, matched);
  }

  @Override
  public List<FigureDefinition> figures() {
    return List.of(
        define("AP", "mean over IoU 0.50, 0.55 .. 0.95", ALL_OVERLAPS),
        define("AP50", "at IoU 0.50", List.of(ALL_OVERLAPS.get(0))),
        define("AP75", "at IoU 0.75", List.of(ALL_OVERLAPS.get(5))));
  }

  private static FigureDefinition define(String name, String overlaps, List<Double> values) {
    return new FigureDefinition(
        name,
        FigureUnit.FRACTION,
        FigureScope.OVERALL_AND_CATEGORIES,
        "mean over phrases of the mean precision at 101 recalls, "
            + overlaps
            + "; all areas, at most 100 detections of a phrase in an image",
        SOURCE,
        new RankedPrecision(BOXES, values));
  }
}
