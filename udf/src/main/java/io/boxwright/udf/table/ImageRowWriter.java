package io.boxwright.udf.table;

import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.detection.DetectionScores;
import io.boxwright.diffusion.detection.LayoutDetection;
import io.boxwright.diffusion.detection.ObjectDetection;
import io.boxwright.diffusion.guidance.GuidanceTrace;
import io.boxwright.diffusion.images.PngEncoder;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.metrics.AdherenceScores;
import io.boxwright.diffusion.metrics.LayoutAdherence;
import io.boxwright.diffusion.metrics.ObjectAdherence;
import io.boxwright.diffusion.pipelines.AttentionMap;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Turns outcomes into rows of the image table.
 *
 * @param prompts columns of the prompt table
 * @param images columns of the image table
 */
public record ImageRowWriter(PromptSchema prompts, StructType images) implements Serializable {

  /** The row for a request, how it ended, and what a detector has to say of it. */
  public Row row(ImageRequest request, ImageOutcome outcome, DetectionOutcome detection) {
    Map<String, Object> values = new HashMap<>();
    for (int i = 0; i < prompts.columns().size(); i++) {
      values.put(prompts.columns().get(i), request.row().get(i));
    }
    values.put("id", request.prompt().id());
    values.put("seed", request.seed());
    values.put("image_index", request.imageIndex());
    values.put("status", outcome.error() == null ? "ok" : "error");
    values.put("error", outcome.error());
    values.put("seconds", outcome.seconds());
    if (outcome.image() != null) {
      putImage(values, request, outcome.image(), detection);
      if (!outcome.layout().isEmpty()) {
        putLayout(values, outcome, detection);
      }
    }
    return RowFactory.create(Arrays.stream(images.fieldNames()).map(values::get).toArray());
  }

  private static void putImage(
      Map<String, Object> values,
      ImageRequest request,
      GeneratedImage image,
      DetectionOutcome detection) {
    String path = ImagePath.of(request.prompt().name(), request.imageIndex());
    values.put("image", RowFactory.create(PngEncoder.encode(image.image()), path));
    values.put("width", image.image().getWidth());
    values.put("height", image.image().getHeight());
    values.put("guidance", guidance(image.guidance()));
    values.put(
        "warnings",
        Stream.concat(image.warnings().stream(), detection.warnings().stream())
            .toArray(String[]::new));
  }

  private static void putLayout(
      Map<String, Object> values, ImageOutcome outcome, DetectionOutcome detection) {
    GeneratedImage image = outcome.image();
    values.put("adherence", image.adherence().map(ImageRowWriter::adherence).orElse(null));
    values.put("detection", detection.scores().map(ImageRowWriter::detection).orElse(null));
    values.put("objects", objects(outcome.layout(), image.adherence(), detection.scores()));
    values.put("attention", rows(image.attentionMaps(), map -> attention(map, outcome.layout())));
  }

  /** Null if the image was not guided. */
  private static Row guidance(GuidanceTrace trace) {
    return trace.equals(GuidanceTrace.NONE)
        ? null
        : RowFactory.create(trace.lossFirst(), trace.lossLast(), trace.iterations());
  }

  private static Row adherence(LayoutAdherence adherence) {
    return RowFactory.create(scores(adherence.guided()), scores(adherence.heldOut()));
  }

  private static Row[] objects(
      List<LayoutObject> layout,
      Optional<LayoutAdherence> adherence,
      Optional<LayoutDetection> detection) {
    Row[] rows = new Row[layout.size()];
    for (int i = 0; i < rows.length; i++) {
      int place = i;
      rows[i] =
          object(
              layout.get(i),
              adherence.map(scores -> scores.objects().get(place)),
              detection.map(scores -> detection(scores.objects().get(place))).orElse(null));
    }
    return rows;
  }

  /** Where the table has no {@code detection}, Spark leaves it out, as it comes last. */
  private static Row object(
      LayoutObject object, Optional<ObjectAdherence> adherence, Row detection) {
    return RowFactory.create(
        object.label(),
        object.tokenIndices().toArray(Integer[]::new),
        object.boxes().stream().map(ImageRowWriter::edges).toArray(Double[][]::new),
        adherence.map(scores -> scores(scores.guided())).orElse(null),
        adherence.map(scores -> scores(scores.heldOut())).orElse(null),
        detection);
  }

  private static Row detection(LayoutDetection detection) {
    return RowFactory.create(
        detection.means().found(),
        detection.means().right(),
        detection.means().centreInBox(),
        detection.means().iou(),
        detection.allRight());
  }

  private static Row detection(ObjectDetection object) {
    DetectionScores scores = object.scores();
    return RowFactory.create(
        scores.found(),
        scores.right(),
        scores.centreInBox(),
        scores.iou(),
        object.detection().map(Detection::score).orElse(null),
        object.detection().map(Detection::box).map(ImageRowWriter::edges).orElse(null));
  }

  private static Double[] edges(BoundingBox box) {
    return new Double[] {box.xMin(), box.yMin(), box.xMax(), box.yMax()};
  }

  private static Row attention(AttentionMap map, List<LayoutObject> layout) {
    return RowFactory.create(
        map.object(),
        layout.get(map.object()).label(),
        map.layer(),
        map.height(),
        map.width(),
        map.values());
  }

  private static Row scores(AdherenceScores scores) {
    return RowFactory.create(
        number(scores.inBoxMass()),
        number(scores.lift()),
        number(scores.iou()),
        number(scores.pointing()),
        number(scores.leakage()));
  }

  /** Not a number means that there is none: null, which every reader skips in a mean. */
  private static Double number(double value) {
    return Double.isNaN(value) ? null : value;
  }

  private static <T> Row[] rows(List<T> values, Function<T, Row> row) {
    return values.stream().map(row).toArray(Row[]::new);
  }
}
