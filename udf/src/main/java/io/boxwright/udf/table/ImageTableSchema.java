package io.boxwright.udf.table;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
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
 * The columns of an image table: the columns of the prompt table as they were, with {@code id} and
 * {@code seed} filled in, and then the results. All columns may be null, because readers in other
 * languages expect that of nested columns.
 */
public final class ImageTableSchema {

  /** The fields of column {@code guidance}, the record of the guidance. */
  private static final StructType GUIDANCE =
      new StructType()
          .add("loss_first", DoubleType)
          .add("loss_last", DoubleType)
          .add("guidance_iterations", IntegerType);

  /** The fields of an object, without its scores. */
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
   * Makes the schema of an image table from that of its prompt table.
   *
   * @param prompts the schema of the prompt table
   * @param attentionMaps the choice of maps; the column {@code attention} needs {@code KEEP}
   * @param scores the scores of the images, in the order of their columns
   */
  public static StructType of(
      StructType prompts, AttentionMaps attentionMaps, List<ScoreColumn> scores) {
    StructType schema = addIdAndSeed(prompts);
    for (StructField field : makeResultSchema(attentionMaps, scores).fields()) {
      schema = schema.add(field);
    }
    return schema;
  }

  /** Makes the schema of the columns that an image table has besides the prompt columns. */
  private static StructType makeResultSchema(
      AttentionMaps attentionMaps, List<ScoreColumn> scores) {
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
      result = result.add(group.name(), scoreType(group));
      Map<String, DataType> ofObject = mapTypes(group.objectNumbers(), DoubleType);
      ofObject.putAll(mapTypes(group.objectBoxes(), createArrayType(DoubleType)));
      for (StructField field : makeStruct(ofObject).fields()) {
        object = object.add(field);
      }
    }
    result = result.add("objects", createArrayType(object));
    if (attentionMaps == AttentionMaps.KEEP) {
      result = result.add("attention", createArrayType(ATTENTION));
    }
    return result
        .add("nsfw", BooleanType)
        .add("status", StringType)
        .add("error", StringType)
        .add("warnings", createArrayType(StringType))
        .add("seconds", DoubleType);
  }

  /** Returns the type of a column of scores: a struct of numbers and of such structs. */
  public static StructType scoreType(ScoreGroup group) {
    return makeStruct(mapTypes(group.imageNumbers(), DoubleType));
  }

  /** Returns the type of an attention map, an element of the column {@code attention}. */
  public static StructType attentionType() {
    return ATTENTION;
  }

  private static Map<String, DataType> mapTypes(List<String> paths, DataType type) {
    Map<String, DataType> types = new LinkedHashMap<>();
    paths.forEach(path -> types.put(path, type));
    return types;
  }

  /** Makes the struct of values with given paths; a name before a dot is a struct inside it. */
  private static StructType makeStruct(Map<String, DataType> typesByPath) {
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
      struct = struct.add(field.getKey(), value == null ? makeStruct(field.getValue()) : value);
    }
    return struct;
  }

  /** Adds {@code id} and {@code seed} to a prompt table's schema, at the end if it lacks them. */
  static StructType addIdAndSeed(StructType prompts) {
    List<StructField> fields = new ArrayList<>();
    for (StructField field : prompts.fields()) {
      if (!INNER_COLUMNS.contains(field.name())) {
        fields.add(new StructField(field.name(), typeOf(field), true, field.metadata()));
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

  /** Returns the names of all columns that may come after the prompt columns. */
  static String[] resultColumns() {
    return makeResultSchema(AttentionMaps.KEEP, ScoreColumns.all()).fieldNames();
  }

  private static DataType typeOf(StructField field) {
    return switch (field.name()) {
      case "id" -> StringType;
      case "seed" -> LongType;
      default -> field.dataType();
    };
  }
}
