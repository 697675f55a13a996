package io.boxwright.udf.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;

import io.boxwright.files.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF4;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import scala.collection.Seq;

/**
 * A function that finds text of prompt tables that is not UTF-8. A {@link Row} has U+FFFD in place
 * of wrong bytes, but correct text may have that character, too. So the function reads the bytes
 * before Spark makes rows of them.
 */
final class InvalidText implements UDF4<byte[], byte[], byte[], Seq<byte[]>, Map<String, String>> {

  /**
   * The column of invalid texts: a map from the name of a column, or of its element, to the SHA-256
   * of its bytes. It is null in good rows.
   */
  static final String COLUMN = "_boxwright_invalid_text";

  private static final long serialVersionUID = 1;
  private static final DataType TYPE =
      DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType);

  /** Adds the column to a checked prompt table, unless it has it already. */
  static Dataset<Row> mark(Dataset<Row> prompts) {
    StructType schema = prompts.schema();
    if (Arrays.asList(schema.fieldNames()).contains(COLUMN)) {
      return prompts;
    }
    Column found =
        udf(new InvalidText(), TYPE)
            .apply(
                readBytes(schema, "id"),
                readBytes(schema, "prompt"),
                readBytes(schema, "negative_prompt"),
                readPhrases(schema));
    return prompts.withColumn(COLUMN, found);
  }

  /** Returns the bytes of a text column; null if it is missing or not text, as an id may be. */
  private static Column readBytes(StructType schema, String column) {
    boolean text =
        schema.getFieldIndex(column).isDefined()
            && schema.apply(column).dataType() instanceof StringType;
    return (text ? col(column) : lit(null)).cast("binary");
  }

  private static Column readPhrases(StructType schema) {
    boolean present = schema.getFieldIndex("phrases").isDefined();
    return (present ? col("phrases") : lit(null)).cast("array<binary>");
  }

  @Override
  public Map<String, String> call(
      byte[] id, byte[] prompt, byte[] negativePrompt, Seq<byte[]> phrases) {
    Map<String, String> found = new LinkedHashMap<>();
    check("id", id, found);
    check("prompt", prompt, found);
    check("negative_prompt", negativePrompt, found);
    for (int i = 0; phrases != null && i < phrases.length(); i++) {
      check("phrases[%d]".formatted(i), phrases.apply(i), found);
    }
    return found.isEmpty() ? null : found;
  }

  private static void check(String name, byte[] bytes, Map<String, String> found) {
    if (bytes != null && !isUtf8(bytes)) {
      found.put(name, Sha256.hex(bytes));
    }
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)); // strict by default
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
