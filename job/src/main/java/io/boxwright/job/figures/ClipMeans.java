package io.boxwright.job.figures;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The means of CLIP scores, of whole images and of asked-for boxes. */
public final class ClipMeans implements Benchmark {

  private static final String SOURCE = "CLIPScore, arXiv 2104.08718, with weight 1";
  private static final String IMAGE = "clip_score";
  private static final String BOXES = "local_clip_score";

  @Override
  public String name() {
    return "clip";
  }

  @Override
  public Optional<DetectorRequest> detector() {
    return Optional.empty();
  }

  @Override
  public Map<String, Double> judge(EvaluatedImage image) {
    Map<String, Double> values = new LinkedHashMap<>();
    image.clip().ifPresent(scores -> values.put(IMAGE, scores.image()));
    image
        .clip()
        .ifPresent(
            scores ->
                scores.boxes().stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .ifPresent(mean -> values.put(BOXES, mean)));
    return values;
  }

  @Override
  public List<FigureDefinition> figures() {
    return List.of(
        define(IMAGE, "mean over images of 100 * max(0, cosine of image and prompt)"),
        define(
            BOXES,
            "mean over images of the mean over boxes of 100 * max(0, cosine of the crop and the"
                + " phrase)"));
  }

  private static FigureDefinition define(String name, String formula) {
    return new FigureDefinition(
        name,
        FigureUnit.POINTS,
        FigureScope.OVERALL_AND_CATEGORIES,
        formula,
        SOURCE,
        new ImageMean(name, 1));
  }
}
