package io.boxwright.job.page;

import static io.boxwright.job.input.RowValues.list;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Reads the numbers of image tables. Neither pixels nor prompts are read. */
public final class ImageNumbersReader {

  private static final String HELD_OUT = "objects.held_out.";

  private ImageNumbersReader() {}

  /**
   * Reads the numbers of a run.
   *
   * @param run the place of the run on the page
   * @param images the image table, read from files
   * @param evaluation the scores of the same images; without them, those of column {@code
   *     detection} are taken, if it is there
   */
  public static RunNumbers read(int run, Dataset<Row> images, Optional<Dataset<Row>> evaluation) {
    Optional<Map<ImageKey, Evaluated>> evaluated =
        evaluation.map(ImageNumbersReader::readEvaluated);
    List<ImageNumbers> numbers = new ArrayList<>();
    for (Row row : select(images).collectAsList()) {
      numbers.add(toNumbers(row, evaluated));
    }
    return new RunNumbers(run, numbers);
  }

  private static Dataset<Row> select(Dataset<Row> images) {
    StructType schema = images.schema();
    return images.select(
        col("id"),
        col("image_index"),
        col("prompt"),
        col("_metadata.file_name").as("file"),
        orNull(schema, "category", DataTypes.StringType).as("category"),
        col("status").equalTo("ok").as("good"),
        orNull(schema, "adherence.held_out.in_box_mass", DataTypes.DoubleType).as("in_box_mass"),
        orNull(schema, "adherence.held_out.lift", DataTypes.DoubleType).as("lift"),
        orNull(schema, "detection.iou", DataTypes.DoubleType).as("iou"),
        col("objects.label").as("labels"),
        numbers(schema, HELD_OUT + "in_box_mass").as("masses"),
        numbers(schema, HELD_OUT + "lift").as("lifts"),
        numbers(schema, HELD_OUT + "iou").as("attention_ious"),
        numbers(schema, "objects.detection.iou").as("ious"));
  }

  private static Column numbers(StructType schema, String path) {
    return orNull(schema, path, DataTypes.createArrayType(DataTypes.DoubleType));
  }

  /** Returns the values at a path, null where the table has no such path. */
  private static Column orNull(StructType schema, String path, DataType type) {
    return has(schema, path) ? col(path).cast(type) : lit(null).cast(type);
  }

  private static boolean has(StructType schema, String path) {
    DataType type = schema;
    for (String name : path.split("\\.")) {
      DataType inner = type instanceof ArrayType array ? array.elementType() : type;
      if (!(inner instanceof StructType struct)
          || !Arrays.asList(struct.fieldNames()).contains(name)) {
        return false;
      }
      type = struct.apply(name).dataType();
    }
    return true;
  }

  /**
   * The numbers of an image in an evaluation.
   *
   * @param ious the overlap of each object, null where it was not looked for
   * @param right whether the benchmark calls the image right; null if it does not say so
   */
  private record Evaluated(List<Double> ious, Boolean right) {

    private static final Evaluated NOTHING = new Evaluated(List.of(), null);
  }

  private static Map<ImageKey, Evaluated> readEvaluated(Dataset<Row> evaluation) {
    Map<ImageKey, Evaluated> evaluated = new HashMap<>();
    for (Row row :
        evaluation
            .select(
                col("id"),
                col("image_index"),
                col("prompt"),
                col("objects.iou").as("ious"),
                orNull(evaluation.schema(), "right", DataTypes.BooleanType).as("right"))
            .collectAsList()) {
      readKey(row)
          .ifPresent(
              key -> evaluated.put(key, new Evaluated(list(row, "ious"), row.getAs("right"))));
    }
    return evaluated;
  }

  /** Reads the name of an image; rows that are wrong may have none. */
  static Optional<ImageKey> readKey(Row row) {
    String id = row.getAs("id");
    return id == null
        ? Optional.empty()
        : Optional.of(
            new ImageKey(
                id,
                Optional.ofNullable(row.<Integer>getAs("image_index")).orElse(0),
                Optional.ofNullable(row.<String>getAs("prompt")).orElse("")));
  }

  private static ImageNumbers toNumbers(Row row, Optional<Map<ImageKey, Evaluated>> evaluated) {
    ImageKey key = readKey(row).orElse(new ImageKey("", 0, ""));
    int objects = list(row, "labels").size();
    List<Double> masses = list(row, "masses");
    List<Double> lifts = list(row, "lifts");
    List<Double> attention = list(row, "attention_ious");
    Optional<Evaluated> found = evaluated.map(all -> all.getOrDefault(key, Evaluated.NOTHING));
    List<Double> ious = found.map(Evaluated::ious).orElseGet(() -> list(row, "ious"));
    List<ObjectNumbers> numbers = new ArrayList<>();
    for (int i = 0; i < objects; i++) {
      numbers.add(new ObjectNumbers(at(masses, i), at(lifts, i), at(attention, i), at(ious, i)));
    }
    return new ImageNumbers(
        key,
        row.<String>getAs("file").intern(),
        row.getAs("category"),
        row.getAs("good"),
        row.getAs("in_box_mass"),
        row.getAs("lift"),
        found.isPresent() ? average(ious) : row.getAs("iou"),
        found.map(Evaluated::right).orElse(null),
        numbers);
  }

  private static Double average(List<Double> values) {
    var mean = values.stream().filter(Objects::nonNull).mapToDouble(Double::doubleValue).average();
    return mean.isPresent() ? mean.getAsDouble() : null;
  }

  private static Double at(List<Double> values, int place) {
    return place < values.size() ? values.get(place) : null;
  }
}
