package io.boxwright.udf.generate;

import io.boxwright.diffusion.images.PictureDecoder;
import io.boxwright.diffusion.pipelines.ImagePrompt;
import io.boxwright.text.Printable;
import io.boxwright.udf.executor.FileSystems;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The columns of a prompt table that are read with an IP-Adapter: {@code ip_adapter_image}, which
 * is the bytes of a picture, a struct of {@code bytes} and {@code path} as HuggingFace's {@code
 * datasets} writes it, or a path; and {@code ip_adapter_scale}. Without an adapter, both pass
 * through unread.
 *
 * @param image the index of {@code ip_adapter_image}
 * @param bytes the index of {@code bytes} in a struct; -1 if there is none
 * @param path the index of {@code path} in a struct; -1 if there is none
 * @param scale the index of {@code ip_adapter_scale}; -1 if there is none
 * @param defaultScale the scale of rows without one
 * @param hadoop the settings of file systems for paths
 */
record ImagePromptColumns(
    int image,
    int bytes,
    int path,
    int scale,
    double defaultScale,
    SerializableConfiguration hadoop)
    implements Serializable {

  private static final String IMAGE = "ip_adapter_image";
  private static final String SCALE = "ip_adapter_scale";
  private static final int MOST_BYTES = 1 << 26;
  private static final long MOST_PIXELS = 1 << 26;
  private static final int MOST_CHARACTERS = 300;

  /**
   * Finds the columns of a table.
   *
   * @throws IllegalArgumentException naming the column that is missing or of a wrong type
   */
  static ImagePromptColumns of(
      StructType table, double defaultScale, SerializableConfiguration hadoop) {
    List<String> names = Arrays.asList(table.fieldNames());
    int image = names.indexOf(IMAGE);
    int scale = names.indexOf(SCALE);
    if (image < 0) {
      throw new IllegalArgumentException(
          "Invalid %s column: it is missing; an IP-Adapter needs a picture for every row"
              .formatted(IMAGE));
    }
    if (scale >= 0 && !(table.apply(scale).dataType() instanceof NumericType)) {
      throw new IllegalArgumentException(
          "Invalid %s column: it is %s, but must be double"
              .formatted(SCALE, table.apply(scale).dataType().catalogString()));
    }
    DataType type = table.apply(image).dataType();
    StructType struct = type instanceof StructType fields ? fields : new StructType();
    int bytes = find(struct, "bytes", BinaryType.class);
    int path = find(struct, "path", StringType.class);
    if (!(type instanceof BinaryType || type instanceof StringType || bytes >= 0 || path >= 0)) {
      throw new IllegalArgumentException(
          "Invalid %s column: it is %s, but must be binary, string, or struct<bytes:binary,path:string>"
              .formatted(IMAGE, type.catalogString()));
    }
    return new ImagePromptColumns(image, bytes, path, scale, defaultScale, hadoop);
  }

  private static int find(StructType struct, String name, Class<? extends DataType> type) {
    int index = Arrays.asList(struct.fieldNames()).indexOf(name);
    return index >= 0 && type.isInstance(struct.apply(index).dataType()) ? index : -1;
  }

  /**
   * Reads the picture of a row.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  ImagePrompt read(Row row) {
    Number own = scale < 0 ? null : (Number) row.get(scale);
    return new ImagePrompt(
        decode(findBytes(row.get(image))), own == null ? defaultScale : own.doubleValue());
  }

  private byte[] findBytes(Object value) {
    Object found = value;
    if (value instanceof Row struct) {
      Object own = bytes < 0 ? null : struct.get(bytes);
      found = own == null && path >= 0 ? struct.get(path) : own;
    }
    if (found == null) {
      throw invalid("it is null; with an IP-Adapter, every row needs one", null);
    }
    return found instanceof byte[] inTable ? inTable : readFile((String) found);
  }

  private byte[] readFile(String name) {
    try {
      Path file = new Path(name);
      try (InputStream in = FileSystems.of(file, hadoop.value()).open(file)) {
        byte[] content = in.readNBytes(MOST_BYTES + 1);
        if (content.length > MOST_BYTES) {
          throw new IOException("it has more than %d bytes".formatted(MOST_BYTES));
        }
        return content;
      }
    } catch (IOException | IllegalArgumentException e) { // the latter for what is no path
      throw invalid(
          "cannot read '%s': %s"
              .formatted(Printable.shortened(name, MOST_CHARACTERS), e.getMessage()),
          e);
    }
  }

  private static BufferedImage decode(byte[] picture) {
    try {
      return PictureDecoder.decode(picture, MOST_PIXELS)
          .orElseThrow(() -> invalid("it is no picture in PNG or JPEG", null));
    } catch (IOException | RuntimeException e) {
      throw e instanceof IllegalArgumentException refused
          ? refused
          : invalid("the picture is broken: " + e.getMessage(), e);
    }
  }

  private static IllegalArgumentException invalid(String problem, Exception cause) {
    return new IllegalArgumentException("Invalid %s: %s".formatted(IMAGE, problem), cause);
  }
}
