package io.boxwright.job.evaluation;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;
import static org.apache.spark.sql.types.DataTypes.createMapType;

import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.job.figures.Benchmark;
import io.boxwright.job.figures.ColorShare;
import io.boxwright.job.figures.Expectation;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import scala.collection.JavaConverters;

/** The columns of an evaluation's table, and its rows. */
final class EvaluationColumns {

  private static final DataType BOX = createArrayType(DoubleType);

  private static final StructType DETECTION =
      new StructType()
          .add("label", StringType)
          .add("seen_as", StringType)
          .add("score", DoubleType)
          .add("box", BOX);

  private static final StructType BEST_IOU =
      new StructType().add("score", DoubleType).add("box", BOX);

  private static final StructType BEST_SCORE =
      new StructType().add("score", DoubleType).add("box", BOX).add("iou", DoubleType);

  private static final StructType OBJECT =
      new StructType()
          .add("label", StringType)
          .add("boxes", createArrayType(BOX))
          .add("found", DoubleType)
          .add("right", DoubleType)
          .add("centre_in_box", DoubleType)
          .add("iou", DoubleType)
          .add("iou_plus_one", DoubleType)
          .add("best_iou", BEST_IOU)
          .add("best_score", BEST_SCORE)
          .add("clip_scores", createArrayType(DoubleType));

  private static final StructType COLOR =
      new StructType().add("box", BOX).add("color", StringType).add("share", DoubleType);

  private static final StructType EXPECTED =
      new StructType()
          .add("label", StringType)
          .add("min_count", IntegerType)
          .add("max_count", IntegerType)
          .add("color", StringType)
          .add("relation", StringType)
          .add("relative_to", IntegerType);

  /** All columns. */
  static final StructType SCHEMA =
      new StructType()
          .add("id", StringType)
          .add("image_index", IntegerType)
          .add("prompt", StringType)
          .add("category", StringType)
          .add("width", IntegerType)
          .add("height", IntegerType)
          .add("status", StringType)
          .add("error", StringType)
          .add("detections", createArrayType(DETECTION))
          .add("objects", createArrayType(OBJECT))
          .add("clip_score", DoubleType)
          .add("colors", createArrayType(COLOR))
          .add("expected", createArrayType(EXPECTED))
          .add("right", BooleanType)
          .add("outcome", createMapType(StringType, DoubleType));

  private EvaluationColumns() {}

  /**
   * Makes the row of an image.
   *
   * @param benchmark the benchmark that judges it, if there is one
   */
  static Row makeRow(ImageScore score, Optional<Benchmark> benchmark) {
    StoredImage image = score.image();
    boolean good = image.error() == null;
    SortedMap<String, Double> outcome = new TreeMap<>(); // sorted: the same bytes every time
    if (good) {
      benchmark.ifPresent(rules -> outcome.putAll(rules.judge(score.toEvaluatedImage())));
    }
    return RowFactory.create(
        image.id(),
        image.imageIndex(),
        image.prompt(),
        image.category(),
        image.width(),
        image.height(),
        good ? "ok" : "error",
        image.error(),
        good ? rows(score.detections(), EvaluationColumns::makeDetection) : null,
        good ? rows(ObjectScore.of(score), EvaluationColumns::makeObject) : null,
        score.clip().map(clip -> clip.image()).orElse(null),
        good ? rows(score.colors(), EvaluationColumns::makeColor) : null,
        good ? rows(image.expected(), EvaluationColumns::makeExpectation) : null,
        benchmark.flatMap(rules -> rules.isRight(outcome)).orElse(null),
        outcome.isEmpty() ? null : toScala(outcome));
  }

  @SuppressWarnings("deprecation") // in Scala 2.13, whose replacement 2.12 does not have
  private static scala.collection.Map<String, Double> toScala(SortedMap<String, Double> values) {
    return JavaConverters.mapAsScalaMap(values);
  }

  private static <T> Row[] rows(List<T> values, Function<T, Row> row) {
    return values.stream().map(row).toArray(Row[]::new);
  }

  private static Row makeDetection(Detection found) {
    return RowFactory.create(found.query(), found.label(), found.score(), toEdges(found.box()));
  }

  private static Row makeObject(ObjectScore object) {
    return RowFactory.create(
        object.object().label(),
        object.object().boxes().stream().map(EvaluationColumns::toEdges).toArray(Double[][]::new),
        object.byScore().map(scores -> scores.found()).orElse(null),
        object.byScore().map(scores -> scores.right()).orElse(null),
        object.byScore().map(scores -> scores.centreInBox()).orElse(null),
        object.iou().orElse(null),
        object.inclusiveIou().orElse(null),
        object
            .bestIou()
            .map(best -> RowFactory.create(best.score(), toEdges(best.box())))
            .orElse(null),
        object
            .bestScore()
            .map(
                best ->
                    RowFactory.create(
                        best.score(), toEdges(best.box()), object.byScore().orElseThrow().iou()))
            .orElse(null),
        object.clips().isEmpty() ? null : object.clips().toArray(Double[]::new));
  }

  private static Row makeColor(ColorShare share) {
    return RowFactory.create(toEdges(share.box()), share.color(), share.share());
  }

  private static Row makeExpectation(Expectation thing) {
    return RowFactory.create(
        thing.label(),
        thing.minCount(),
        thing.maxCount(),
        thing.color(),
        thing.relation() == null ? null : thing.relation().text(),
        thing.relativeTo());
  }

  private static Double[] toEdges(BoundingBox box) {
    return new Double[] {box.xMin(), box.yMin(), box.xMax(), box.yMax()};
  }
}
