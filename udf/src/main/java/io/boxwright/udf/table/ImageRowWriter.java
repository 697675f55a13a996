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

/** A writer that turns the outcomes of requests into rows of the image table. */
public final class ImageRowWriter implements Serializable {

  private static final long serialVersionUID = 1;

  private final PromptSchema prompts;
  private final StructType images;

  /**
   * Creates a writer.
   *
   * @param prompts the columns of the prompt table
   * @param images the columns of the image table
   */
  public ImageRowWriter(PromptSchema prompts, StructType images) {
    this.prompts = prompts;
    this.images = images;
  }

  /** Returns the columns of the prompt table. */
  public PromptSchema prompts() {
    return prompts;
  }

  /** Returns the columns of the image table. */
  public StructType images() {
    return images;
  }

  /**
   * Makes the row of a request.
   *
   * @param request the row of the prompt table and the number of its image
   * @param outcome the image, or the error if there is none
   * @param png the bytes of the image; null if there is none
   * @param scores the outcome of each score of the table; empty if there is no image
   * @return the values of the image table's columns, in their order
   */
  public Row makeRow(
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
    values.put("guidance", makeGuidance(image.guidance()));
    values.put("nsfw", image.nsfw().orElse(null));
  }

  /** Makes the value of column {@code guidance}, null if the image was not guided. */
  private static Row makeGuidance(GuidanceTrace trace) {
    return trace.equals(GuidanceTrace.NONE)
        ? null
        : RowFactory.create(
            toNullable(trace.lossFirst()), toNullable(trace.lossLast()), trace.iterations());
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
      values.put(column, makeStruct(typeOf(column), "", toValues(group.imageNumbers())));
    }
    List<LayoutObject> layout = outcome.layout();
    if (!layout.isEmpty()) {
      values.put("objects", makeObjects(layout, scores));
      values.put(
          "attention",
          outcome.image().attentionMaps().stream()
              .map(map -> makeAttention(map, layout))
              .toArray(Row[]::new));
    }
  }

  private StructType typeOf(String column) {
    return (StructType) images.apply(column).dataType();
  }

  private Row[] makeObjects(List<LayoutObject> layout, List<ImageScores> scores) {
    StructType type = (StructType) ((ArrayType) images.apply("objects").dataType()).elementType();
    Row[] rows = new Row[layout.size()];
    for (int i = 0; i < rows.length; i++) {
      Map<String, Object> values = describe(layout.get(i));
      for (ImageScores group : scores) {
        if (!group.objectScores().isEmpty()) {
          putObjectScores(values, group.objectScores().get(i));
        }
      }
      rows[i] = makeStruct(type, "", values);
    }
    return rows;
  }

  private static Map<String, Object> describe(LayoutObject object) {
    Map<String, Object> values = new HashMap<>();
    values.put("label", object.label());
    values.put("token_indices", object.tokenIndices().toArray(Integer[]::new));
    values.put(
        "boxes", object.boxes().stream().map(ImageRowWriter::toEdges).toArray(Double[][]::new));
    return values;
  }

  private static void putObjectScores(Map<String, Object> values, ObjectScores scores) {
    values.putAll(toValues(scores.numbers()));
    scores.boxes().forEach((path, box) -> values.put(path, toEdges(box)));
  }

  private static Double[] toEdges(BoundingBox box) {
    return new Double[] {box.xMin(), box.yMin(), box.xMax(), box.yMax()};
  }

  private static Map<String, Object> toValues(Map<String, Double> numbers) {
    Map<String, Object> values = new HashMap<>();
    numbers.forEach((path, number) -> values.put(path, toNullable(number)));
    return values;
  }

  /** Returns null in place of NaN, because readers leave null out of a mean. */
  private static Double toNullable(double value) {
    return Double.isNaN(value) ? null : value;
  }

  /**
   * Makes a struct.
   *
   * @param path the path of the struct, with a dot at the end; empty for the outermost one
   * @param values the values by their whole paths
   * @return null if the struct has no value
   */
  private static Row makeStruct(StructType type, String path, Map<String, Object> values) {
    if (values.keySet().stream().noneMatch(name -> name.startsWith(path))) {
      return null;
    }
    return RowFactory.create(
        Arrays.stream(type.fields()).map(field -> valueOf(field, path, values)).toArray());
  }

  private static Object valueOf(StructField field, String path, Map<String, Object> values) {
    String name = path + field.name();
    return field.dataType() instanceof StructType inner
        ? makeStruct(inner, name + ".", values)
        : values.get(name);
  }

  private static Row makeAttention(AttentionMap map, List<LayoutObject> layout) {
    return RowFactory.create(
        map.object(),
        layout.get(map.object()).label(),
        map.layer(),
        map.height(),
        map.width(),
        map.values());
  }
}
