package io.boxwright.job.exporting;

import static io.boxwright.job.input.RowValues.structs;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.job.figures.DetectedObject;
import io.boxwright.job.figures.NonMaximumSuppression;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.RootCause;
import io.boxwright.job.output.ImageTable;
import io.boxwright.text.Printable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.parquet.ParquetRuntimeException;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import scala.collection.Seq;

/** A reader of the images of runs, without their pixels. */
public final class CandidateReader {

  /** The column of an evaluation's row in conditions. */
  private static final String EVALUATION = "evaluation";

  /** The mean of the objects' IoU, for conditions. */
  private static final String SCORE =
      "aggregate(objects, 0D, (sum, object) -> sum + coalesce(object.iou, 0D))"
          + " / nullif(size(filter(objects, object -> object.iou is not null)), 0)";

  private static final String FILE = "boxwright_file";

  /** Detections of a label that overlap by this IoU are one thing. */
  private static final NonMaximumSuppression ONE_OF_MANY = new NonMaximumSuppression(0.5);

  private final SparkSession spark;
  private final ExportSettings settings;
  private final List<ExportedRun> runs;
  private final JavaRDD<Candidate> candidates;

  /**
   * Prepares to read the images of runs that were made. Nothing is read yet but the schemas of
   * their tables.
   *
   * @param runs the runs, at least one
   * @throws InvalidInputException if a table lacks a column of the condition or of the comparison
   *     of images, or their SQL is broken
   */
  public CandidateReader(SparkSession spark, ExportSettings settings, List<ExportedRun> runs) {
    this.spark = spark;
    this.settings = settings;
    this.runs = List.copyOf(runs);
    this.candidates = runs.stream().map(this::read).reduce(JavaRDD::union).orElseThrow();
  }

  /** Returns the runs. */
  List<ExportedRun> runs() {
    return runs;
  }

  /** Returns the images, in no order; each use reads them anew. */
  JavaRDD<Candidate> candidates() {
    return candidates;
  }

  /**
   * Checks, after the images could not be read, whether the cause is a value that the condition or
   * the comparison of images cannot take, as with a cast of a bad string. Computes these alone, for
   * all images.
   *
   * @param failure the failure
   * @throws InvalidInputException if they fail by themselves
   */
  public void requireValues(Exception failure) {
    if (isOfValues(failure)) {
      for (ExportedRun run : runs) {
        requireValues(run, "--where", settings.where());
        requireValues(run, "--by", comparison());
      }
    }
  }

  private void requireValues(ExportedRun run, String option, String sql) {
    if (sql == null) {
      return;
    }
    try {
      made(table(run)).select(expr(sql)).toJavaRDD().foreach(row -> {});
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      if (isOfValues(e)) {
        throw new InvalidInputException(
            "Invalid %s: '%s' fails for an image of %s: %s"
                .formatted(option, Printable.value(sql), run.name(), firstLine(e)),
            e);
      }
    }
  }

  /**
   * Returns whether a task failed at a value: not because of a file, and not because the job was
   * cancelled or lost an executor, as Spark says without a cause.
   */
  private static boolean isOfValues(Exception failure) {
    List<Throwable> causes =
        Stream.iterate((Throwable) failure, cause -> cause != null, Throwable::getCause).toList();
    return !(causes.get(causes.size() - 1) instanceof SparkException)
        && causes.stream()
            .noneMatch(
                cause ->
                    cause instanceof IOException
                        || cause instanceof ParquetRuntimeException
                        || cause instanceof Error);
  }

  private JavaRDD<Candidate> read(ExportedRun run) {
    ExportSettings known = settings;
    int number = run.number();
    return select(run).toJavaRDD().map(row -> toCandidate(row, number, known));
  }

  /** Returns the images of a run, with the rows of the evaluation if there is one. */
  private Dataset<Row> table(ExportedRun run) {
    Dataset<Row> images =
        ImageTable.read(spark, run.images().toArray(String[]::new))
            .withColumn(FILE, col("_metadata.file_name"));
    return run.scores().isEmpty() ? images : join(images, run);
  }

  private static Dataset<Row> made(Dataset<Row> table) {
    return table.filter(col("status").equalTo("ok"));
  }

  private String comparison() {
    return settings.best() == null ? null : settings.best().column();
  }

  private Dataset<Row> select(ExportedRun run) {
    Dataset<Row> table = table(run);
    List<Column> columns = new ArrayList<>();
    columns.add(col(FILE));
    Stream.of("id", "image_index", "prompt", "seed", "width", "height", "image.path", "objects")
        .forEach(name -> columns.add(col(name)));
    columns.add(coalesce(find(table, run, "--where", settings.where()), lit(false)).as("fulfils"));
    columns.add(find(table, run, "--by", comparison()).cast("double").as("rank"));
    columns.add(settings.boxes().needsEvaluation() ? col(EVALUATION + ".detections") : lit(null));
    if (settings.duplicates() == Treatment.DROP) {
      columns.add(col("image.bytes"));
    }
    return made(table).select(columns.toArray(Column[]::new));
  }

  /** Adds a column with the row of the evaluation, null for images that it lacks. */
  private Dataset<Row> join(Dataset<Row> images, ExportedRun run) {
    Dataset<Row> scores = ImageTable.read(spark, run.scores().toArray(String[]::new));
    List<Column> fields = new ArrayList<>();
    Arrays.stream(scores.columns()).forEach(name -> fields.add(col(name)));
    fields.add(expr(SCORE).as("score"));
    Dataset<Row> keyed =
        scores.select(
            col("id").as("boxwright_id"),
            col("image_index").as("boxwright_index"),
            struct(fields.toArray(Column[]::new)).as(EVALUATION));
    return images
        .drop(EVALUATION)
        .join(
            keyed,
            col("id")
                .equalTo(col("boxwright_id"))
                .and(col("image_index").equalTo(col("boxwright_index"))),
            "left");
  }

  /** Returns a column of the table; what is not given is true as a condition, else null. */
  private Column find(Dataset<Row> table, ExportedRun run, String option, String sql) {
    boolean condition = option.equals("--where");
    if (sql == null) {
      return condition ? lit(true) : lit(null);
    }
    Dataset<Row> value;
    boolean repeatable;
    try {
      // As a condition of rows, because that refuses what makes or needs other rows than its own.
      Dataset<Row> rows = table.filter(expr(sql).isNotNull());
      repeatable = rows.queryExecution().analyzed().deterministic();
      value = rows.select(expr(sql));
      value.queryExecution().optimizedPlan(); // fails where a constant has no value
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      throw new InvalidInputException(
          "Invalid %s for the images of %s: %s%s"
              .formatted(option, run.name(), firstLine(e), remindOfEvaluation(sql)),
          e);
    }
    if (!repeatable) {
      throw new InvalidInputException(
          "Invalid %s: '%s' gives another result each time"
              .formatted(option, Printable.value(sql)));
    }
    DataType type = value.schema().apply(0).dataType();
    boolean right = condition ? type instanceof BooleanType : type instanceof NumericType;
    if (!right) {
      throw new InvalidInputException(
          "Invalid %s: '%s' is of the type %s, it must be %s"
              .formatted(
                  option,
                  Printable.value(sql),
                  type.simpleString(),
                  condition ? "a condition such as seed > 3" : "a number"));
    }
    return expr(sql);
  }

  /** Returns a message of Spark without the plan that follows it. */
  private static String firstLine(Exception e) {
    return RootCause.message(e)
        .replaceFirst(
            "\\s*(SQLSTATE: \\w+)?(;? ?(line \\d+ pos \\d+;|== SQL)|;\\s*'?Filter\\b).*", "");
  }

  private String remindOfEvaluation(String sql) {
    return settings.evaluation() == null && sql.contains(EVALUATION)
        ? " (columns of an evaluation need --evaluation NAME)"
        : "";
  }

  private static Candidate toCandidate(Row row, int run, ExportSettings settings) {
    String prompt = row.getAs("prompt");
    return new Candidate(
        new Place(
            settings.split().find(prompt),
            run,
            row.getAs(FILE),
            row.getAs("id"),
            row.<Integer>getAs("image_index")),
        prompt,
        row.<Long>getAs("seed"),
        row.<Integer>getAs("width"),
        row.<Integer>getAs("height"),
        row.getAs("path"),
        row.<Boolean>getAs("fulfils"),
        row.getAs("rank"),
        settings.duplicates() == Treatment.DROP
            ? PerceptualHash.of(row.<byte[]>getAs("bytes"))
            : null,
        listRequested(row),
        settings.boxes().needsEvaluation() ? listDetected(row) : null);
  }

  private static List<ImageBox> listRequested(Row row) {
    List<ImageBox> boxes = new ArrayList<>();
    for (Row object : structs(row, "objects")) {
      List<Seq<Double>> places = object.getList(object.fieldIndex("boxes"));
      String label = object.getAs("label");
      for (Seq<Double> edges : places) {
        boxes.add(
            new ImageBox(
                label == null ? "" : label,
                null,
                edges.apply(0),
                edges.apply(1),
                edges.apply(2),
                edges.apply(3)));
      }
    }
    return boxes;
  }

  private static List<ImageBox> listDetected(Row row) {
    if (row.isNullAt(row.fieldIndex("detections"))) {
      return null;
    }
    List<DetectedObject> right =
        structs(row, "detections").stream()
            .filter(found -> found.getAs("label").equals(found.getAs("seen_as")))
            .map(CandidateReader::toDetected)
            .toList();
    return ONE_OF_MANY.filter(right).stream()
        .map(
            found ->
                new ImageBox(
                    found.label(),
                    found.score(),
                    found.box().xMin(),
                    found.box().yMin(),
                    found.box().xMax(),
                    found.box().yMax()))
        .toList();
  }

  private static DetectedObject toDetected(Row found) {
    List<Double> edges = found.getList(found.fieldIndex("box"));
    return new DetectedObject(
        found.getAs("label"),
        found.<Double>getAs("score"),
        new BoundingBox(edges.get(0), edges.get(1), edges.get(2), edges.get(3)));
  }
}
