package io.boxwright.udf.table;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import io.boxwright.diffusion.pipelines.GenerationOptions.AttentionMaps;
import io.boxwright.diffusion.scores.ScoreGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of an image table: those of the prompt table as they were, with {@code id} and {@code
 * seed} filled in, then what came out. Everything may be null, which readers of other languages
 * expect of nested columns.
 */
public final class ImageTableSchema {

  /** What the guidance did. */
  private static final StructType GUIDANCE =
      new StructType()
          .add("loss_first", DoubleType)
          .add("loss_last", DoubleType)
          .add("guidance_iterations", IntegerType);

  /** What an object has besides its scores. */
  private static final StructType OBJECT =
      new StructType()
          .add("label", StringType)
          .add("token_indices", createArrayType(IntegerType))
          .add("boxes", createArrayType(createArrayType(DoubleType)));

  private static final StructType ATTENTION =
      new StructType()
          .add("object", IntegerType)
          .add("label", StringType)
          .add("layer", StringType)
          .add("height", IntegerType)
          .add("width", IntegerType)
          .add("values", createArrayType(FloatType));

  private static final Set<String> INNER_COLUMNS =
      Set.of(InvalidText.COLUMN, PromptTables.REPETITION);

  private ImageTableSchema() {}

  /**
   * The image table's schema for a prompt table's.
   *
   * @param attentionMaps without which there is no {@code attention}
   * @param scores that the images have, in the order of their columns
   */
  public static StructType of(
      StructType prompts, AttentionMaps attentionMaps, List<ScoreColumn> scores) {
    StructType schema = identified(prompts);
    for (StructField field : result(attentionMaps, scores).fields()) {
      schema = schema.add(field);
    }
    return schema;
  }

  /** What a row of the image table has besides its prompt columns. */
  private static StructType result(AttentionMaps attentionMaps, List<ScoreColumn> scores) {
    StructType result =
        new StructType()
            .add("image_index", IntegerType)
            .add("image", new StructType().add("bytes", BinaryType).add("path", StringType))
            .add("width", IntegerType)
            .add("height", IntegerType)
            .add("guidance", GUIDANCE);
    StructType object = OBJECT;
    for (ScoreColumn column : scores) {
      ScoreGroup group = column.group();
      result = result.add(group.name(), struct(types(group.imageNumbers(), DoubleType)));
      Map<String, DataType> ofObject = types(group.objectNumbers(), DoubleType);
      ofObject.putAll(types(group.objectBoxes(), createArrayType(DoubleType)));
      for (StructField field : struct(ofObject).fields()) {
        object = object.add(field);
      }
    }
    result = result.add("objects", createArrayType(object));
    if (attentionMaps == AttentionMaps.KEEP) {
      result = result.add("attention", createArrayType(ATTENTION));
    }
    return result
        .add("status", StringType)
        .add("error", StringType)
        .add("warnings", createArrayType(StringType))
        .add("seconds", DoubleType);
  }

  private static Map<String, DataType> types(List<String> paths, DataType type) {
    Map<String, DataType> types = new LinkedHashMap<>();
    paths.forEach(path -> types.put(path, type));
    return types;
  }

  /** The struct of values whose paths are given; what stands before a dot is a struct in it. */
  private static StructType struct(Map<String, DataType> typesByPath) {
    Map<String, Map<String, DataType>> inner = new LinkedHashMap<>();
    StructType struct = new StructType();
    typesByPath.forEach(
        (path, type) -> {
          String[] names = path.split("\\.", 2);
          inner
              .computeIfAbsent(names[0], name -> new LinkedHashMap<>())
              .put(names.length == 1 ? "" : names[1], type);
        });
    for (Map.Entry<String, Map<String, DataType>> field : inner.entrySet()) {
      DataType value = field.getValue().get("");
      struct = struct.add(field.getKey(), value == null ? struct(field.getValue()) : value);
    }
    return struct;
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

  /** Names of all columns that may come after the prompt columns. */
  static String[] resultColumns() {
    return result(AttentionMaps.KEEP, ScoreColumns.all()).fieldNames();
  }

  private static DataType filledType(StructField field) {
    return switch (field.name()) {
      case "id" -> StringType;
      case "seed" -> LongType;
      default -> field.dataType();
    };
  }
}
