package io.boxwright.udf.table;

import io.boxwright.diffusion.guidance.GuidanceTrace;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.pipelines.AttentionMap;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.diffusion.scores.ImageScores;
import io.boxwright.diffusion.scores.ObjectScores;
import java.io.Serializable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Turns outcomes into rows of the image table.
 *
 * @param prompts columns of the prompt table
 * @param images columns of the image table
 */
public record ImageRowWriter(PromptSchema prompts, StructType images) implements Serializable {

  /**
   * The row for a request and how it ended.
   *
   * @param png the image's bytes; null if there is none
   * @param scores what the scores of the table have to say of the image; empty if there is none
   */
  public Row row(
      ImageRequest request, ImageOutcome outcome, byte[] png, List<ScoreOutcome> scores) {
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
      putImage(values, request, outcome.image(), png);
      putWarnings(values, outcome.image(), scores);
      putScores(values, outcome, scores);
    }
    return RowFactory.create(Arrays.stream(images.fieldNames()).map(values::get).toArray());
  }

  private static void putImage(
      Map<String, Object> values, ImageRequest request, GeneratedImage image, byte[] png) {
    String path = ImagePath.of(request.prompt().name(), request.imageIndex());
    values.put("image", RowFactory.create(png, path));
    values.put("width", image.image().getWidth());
    values.put("height", image.image().getHeight());
    values.put("guidance", guidance(image.guidance()));
  }

  /** Null if the image was not guided. */
  private static Row guidance(GuidanceTrace trace) {
    return trace.equals(GuidanceTrace.NONE)
        ? null
        : RowFactory.create(
            number(trace.lossFirst()), number(trace.lossLast()), trace.iterations());
  }

  private static void putWarnings(
      Map<String, Object> values, GeneratedImage image, List<ScoreOutcome> scores) {
    Stream<String> ofScores = scores.stream().flatMap(outcome -> outcome.warnings().stream());
    values.put(
        "warnings", Stream.concat(image.warnings().stream(), ofScores).toArray(String[]::new));
  }

  private void putScores(
      Map<String, Object> values, ImageOutcome outcome, List<ScoreOutcome> outcomes) {
    List<ImageScores> scores =
        outcomes.stream().map(ScoreOutcome::scores).flatMap(Optional::stream).toList();
    for (ImageScores group : scores) {
      String column = group.group().name();
      values.put(column, struct(type(column), "", numbers(group.imageNumbers())));
    }
    List<LayoutObject> layout = outcome.layout();
    if (!layout.isEmpty()) {
      values.put("objects", objects(layout, scores));
      values.put(
          "attention",
          outcome.image().attentionMaps().stream()
              .map(map -> attention(map, layout))
              .toArray(Row[]::new));
    }
  }

  private StructType type(String column) {
    return (StructType) images.apply(column).dataType();
  }

  private Row[] objects(List<LayoutObject> layout, List<ImageScores> scores) {
    StructType type = (StructType) ((ArrayType) images.apply("objects").dataType()).elementType();
    Row[] rows = new Row[layout.size()];
    for (int i = 0; i < rows.length; i++) {
      Map<String, Object> values = object(layout.get(i));
      for (ImageScores group : scores) {
        if (!group.objectScores().isEmpty()) {
          putObjectScores(values, group.objectScores().get(i));
        }
      }
      rows[i] = struct(type, "", values);
    }
    return rows;
  }

  private static Map<String, Object> object(LayoutObject object) {
    Map<String, Object> values = new HashMap<>();
    values.put("label", object.label());
    values.put("token_indices", object.tokenIndices().toArray(Integer[]::new));
    values.put(
        "boxes", object.boxes().stream().map(ImageRowWriter::edges).toArray(Double[][]::new));
    return values;
  }

  private static void putObjectScores(Map<String, Object> values, ObjectScores scores) {
    values.putAll(numbers(scores.numbers()));
    scores.boxes().forEach((path, box) -> values.put(path, edges(box)));
  }

  private static Double[] edges(BoundingBox box) {
    return new Double[] {box.xMin(), box.yMin(), box.xMax(), box.yMax()};
  }

  private static Map<String, Object> numbers(Map<String, Double> numbers) {
    Map<String, Object> values = new HashMap<>();
    numbers.forEach((path, number) -> values.put(path, number(number)));
    return values;
  }

  /** Not a number means that there is none: null, which every reader skips in a mean. */
  private static Double number(double value) {
    return Double.isNaN(value) ? null : value;
  }

  /**
   * A struct whose values are given by their paths, and that stands at a path itself.
   *
   * @param path empty, or with a dot at the end
   * @return null if no value is in it
   */
  private static Row struct(StructType type, String path, Map<String, Object> values) {
    if (values.keySet().stream().noneMatch(name -> name.startsWith(path))) {
      return null;
    }
    return RowFactory.create(
        Arrays.stream(type.fields()).map(field -> value(field, path, values)).toArray());
  }

  private static Object value(StructField field, String path, Map<String, Object> values) {
    String name = path + field.name();
    return field.dataType() instanceof StructType inner
        ? struct(inner, name + ".", values)
        : values.get(name);
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
}
