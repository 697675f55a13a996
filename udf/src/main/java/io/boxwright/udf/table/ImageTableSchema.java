package io.boxwright.udf.table;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.boxwright.diffusion.pipelines.GenerationOptions.AttentionMaps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of an image table: those of the prompt table as they were, with {@code id} and {@code
 * seed} filled in, then {@link #RESULT}. Everything may be null, which readers of other languages
 * expect of nested columns.
 */
public final class ImageTableSchema {

  private static final StructType SCORES =
      new StructType()
          .add("in_box_mass", DoubleType)
          .add("lift", DoubleType)
          .add("iou", DoubleType)
          .add("pointing", DoubleType)
          .add("leakage", DoubleType);

  private static final StructType ADHERENCE =
      new StructType().add("guided", SCORES).add("held_out", SCORES);

  /** What the guidance did. */
  private static final StructType GUIDANCE =
      new StructType()
          .add("loss_first", DoubleType)
          .add("loss_last", DoubleType)
          .add("guidance_iterations", IntegerType);

  private static final StructType OBJECT =
      new StructType()
          .add("label", StringType)
          .add("token_indices", createArrayType(IntegerType))
          .add("boxes", createArrayType(createArrayType(DoubleType)))
          .add("guided", SCORES)
          .add("held_out", SCORES);

  private static final StructType DETECTION_SCORES =
      new StructType()
          .add("found", DoubleType)
          .add("right", DoubleType)
          .add("centre_in_box", DoubleType)
          .add("iou", DoubleType);

  private static final StructType DETECTION = DETECTION_SCORES.add("all_right", DoubleType);

  private static final StructType DETECTED_OBJECT =
      OBJECT.add(
          "detection",
          DETECTION_SCORES.add("score", DoubleType).add("box", createArrayType(DoubleType)));

  private static final StructType ATTENTION =
      new StructType()
          .add("object", IntegerType)
          .add("label", StringType)
          .add("layer", StringType)
          .add("height", IntegerType)
          .add("width", IntegerType)
          .add("values", createArrayType(FloatType));

  /** What a row of the image table has besides its prompt columns. */
  private static final StructType RESULT =
      new StructType()
          .add("image_index", IntegerType)
          .add("image", new StructType().add("bytes", BinaryType).add("path", StringType))
          .add("width", IntegerType)
          .add("height", IntegerType)
          .add("guidance", GUIDANCE)
          .add("adherence", ADHERENCE)
          .add("detection", DETECTION)
          .add("objects", createArrayType(OBJECT))
          .add("attention", createArrayType(ATTENTION))
          .add("status", StringType)
          .add("error", StringType)
          .add("warnings", createArrayType(StringType))
          .add("seconds", DoubleType);

  private static final Set<String> INNER_COLUMNS =
      Set.of(InvalidText.COLUMN, PromptTables.REPETITION);

  private ImageTableSchema() {}

  /**
   * The image table's schema for a prompt table's; {@code attention} only if maps are kept, {@code
   * detection} only with a detector.
   */
  public static StructType of(
      StructType prompts, AttentionMaps attentionMaps, DetectorType detector) {
    StructType schema = identified(prompts);
    boolean detected = detector != DetectorType.NONE;
    for (StructField field : RESULT.fields()) {
      schema =
          switch (field.name()) {
            case "attention" -> attentionMaps == AttentionMaps.KEEP ? schema.add(field) : schema;
            case "detection" -> detected ? schema.add(field) : schema;
            case "objects" ->
                schema.add("objects", createArrayType(detected ? DETECTED_OBJECT : OBJECT));
            default -> schema.add(field);
          };
    }
    return schema;
  }

  /** A prompt table's schema with {@code id} and {@code seed}, which come last if it lacks them. */
  static StructType identified(StructType prompts) {
    List<StructField> fields = new ArrayList<>();
    for (StructField field : prompts.fields()) {
      if (!INNER_COLUMNS.contains(field.name())) {
        fields.add(new StructField(field.name(), filledType(field), true, field.metadata()));
      }
    }
    StructType schema = new StructType(fields.toArray(StructField[]::new));
    for (String filled : List.of("id", "seed")) {
      if (!Arrays.asList(prompts.fieldNames()).contains(filled)) {
        schema = schema.add(filled, filled.equals("id") ? StringType : LongType);
      }
    }
    return schema;
  }

  /** Names of the columns after the prompt columns. */
  static String[] resultColumns() {
    return RESULT.fieldNames();
  }

  private static DataType filledType(StructField field) {
    return switch (field.name()) {
      case "id" -> StringType;
      case "seed" -> LongType;
      default -> field.dataType();
    };
  }
}
