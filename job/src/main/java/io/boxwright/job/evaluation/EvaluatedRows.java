package io.boxwright.job.evaluation;

import static io.boxwright.job.input.RowValues.structs;

import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.job.figures.AskedObject;
import io.boxwright.job.figures.ClipScores;
import io.boxwright.job.figures.ColorShare;
import io.boxwright.job.figures.DetectedObject;
import io.boxwright.job.figures.EvaluatedImage;
import io.boxwright.job.figures.Expectation;
import io.boxwright.job.figures.ImageStatus;
import io.boxwright.job.figures.Relation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The rows of an evaluation's table, read for the figures. */
public final class EvaluatedRows {

  private EvaluatedRows() {}

  /** Returns a table without rows. */
  public static Dataset<Row> none(SparkSession spark) {
    return spark.createDataFrame(List.of(), EvaluationColumns.SCHEMA);
  }

  /**
   * Reads all rows of a table, a partition at a time. They hold no pixels: 100,000 images with ten
   * detections each take about 200 MB. Prompts that share an id are prompts of their own: the
   * second one has {@code #2} behind its id.
   */
  public static List<EvaluatedImage> read(Dataset<Row> table) {
    List<EvaluatedImage> images = new ArrayList<>();
    Map<String, Integer> repetitions = new HashMap<>();
    table
        .toLocalIterator()
        .forEachRemaining(
            row -> {
              String id = row.getAs("id");
              int index = row.<Integer>getAs("image_index");
              int repetition = repetitions.merge(id + "\0" + index, 1, Integer::sum);
              images.add(toImage(repetition == 1 ? id : id + "#" + repetition, row));
            });
    return images;
  }

  private static EvaluatedImage toImage(String id, Row row) {
    boolean good = row.getAs("status").equals("ok");
    List<Row> objects = structs(row, "objects");
    return new EvaluatedImage(
        id,
        row.<Integer>getAs("image_index"),
        Optional.ofNullable(row.<String>getAs("prompt")).orElse(""),
        row.getAs("category"),
        good ? ImageStatus.OK : ImageStatus.ERROR,
        objects.stream().map(EvaluatedRows::toAsked).toList(),
        structs(row, "expected").stream().map(EvaluatedRows::toExpectation).toList(),
        structs(row, "detections").stream().flatMap(EvaluatedRows::toDetected).toList(),
        good ? row.<Integer>getAs("width") : 1,
        good ? row.<Integer>getAs("height") : 1,
        toClip(row, objects),
        structs(row, "colors").stream().map(EvaluatedRows::toColor).toList());
  }

  private static AskedObject toAsked(Row object) {
    List<scala.collection.Seq<Double>> boxes = object.getList(object.fieldIndex("boxes"));
    return new AskedObject(
        object.getAs("label"),
        boxes.stream()
            .map(
                edges ->
                    new BoundingBox(edges.apply(0), edges.apply(1), edges.apply(2), edges.apply(3)))
            .toList());
  }

  private static Expectation toExpectation(Row thing) {
    String relation = thing.getAs("relation");
    return new Expectation(
        thing.getAs("label"),
        thing.getAs("min_count"),
        thing.getAs("max_count"),
        thing.getAs("color"),
        relation == null ? null : Relation.of(relation),
        thing.getAs("relative_to"));
  }

  /** A detection of something else than what was looked for does not count. */
  private static Stream<DetectedObject> toDetected(Row found) {
    String label = found.getAs("label");
    return label.equals(found.getAs("seen_as"))
        ? Stream.of(new DetectedObject(label, found.<Double>getAs("score"), toBox(found)))
        : Stream.empty();
  }

  private static ColorShare toColor(Row color) {
    return new ColorShare(toBox(color), color.getAs("color"), color.<Double>getAs("share"));
  }

  private static BoundingBox toBox(Row row) {
    List<Double> edges = row.getList(row.fieldIndex("box"));
    return new BoundingBox(edges.get(0), edges.get(1), edges.get(2), edges.get(3));
  }

  private static Optional<ClipScores> toClip(Row row, List<Row> objects) {
    return Optional.ofNullable(row.<Double>getAs("clip_score"))
        .map(
            image ->
                new ClipScores(
                    image, objects.stream().flatMap(EvaluatedRows::toBoxScores).toList()));
  }

  private static Stream<Double> toBoxScores(Row object) {
    return object.<Double>getList(object.fieldIndex("clip_scores")).stream();
  }
}
