package io.boxwright.job.input;

import io.boxwright.text.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/** The footer of a Parquet file as it is stored, also with columns of types unknown to Parquet. */
final class RawFooter {

  /** The fault of a file without columns, and its remedy. */
  static final String NO_COLUMNS = "it has no columns; remove it";

  private static final int END_BYTES = 8; // the length of the footer, and PAR1
  private static final int FLOAT16_BYTES = 2;

  private RawFooter() {}

  /**
   * Finds a fault with which this version of Parquet cannot read the file.
   *
   * @return a sentence that names the column, if there is one
   * @throws IOException if the footer is damaged or cannot be read
   */
  static Optional<String> findFault(InputFile file) throws IOException {
    List<SchemaElement> schema = read(file).getSchema();
    if (schema.size() < 2) {
      return Optional.of(NO_COLUMNS);
    }
    Iterator<SchemaElement> elements = schema.iterator();
    for (int left = elements.next().getNum_children(); left > 0; left--) {
      SchemaElement column = elements.next();
      Optional<SchemaElement> unknown = findUnknown(column, elements);
      if (unknown.isPresent()) {
        return Optional.of(describe(column.getName(), unknown.get()));
      }
    }
    return Optional.empty();
  }

  private static FileMetaData read(InputFile file) throws IOException {
    try (SeekableInputStream in = file.newStream()) {
      long end = file.getLength() - END_BYTES;
      in.seek(Math.max(0, end));
      ByteBuffer bytes = ByteBuffer.allocate(END_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      in.readFully(bytes);
      int length = bytes.getInt(0);
      if (length < 0 || length > end) {
        throw new IOException("the footer is longer than the file");
      }
      in.seek(end - length);
      return Util.readFileMetaData(in);
    }
  }

  /** Looks for an unknown type in a column and the elements nested in it, which come after it. */
  private static Optional<SchemaElement> findUnknown(
      SchemaElement element, Iterator<SchemaElement> rest) {
    Optional<SchemaElement> found = isUnknown(element) ? Optional.of(element) : Optional.empty();
    for (int left = element.getNum_children(); left > 0; left--) {
      Optional<SchemaElement> inner = findUnknown(rest.next(), rest);
      found = found.isPresent() ? found : inner;
    }
    return found;
  }

  /** Returns whether a type is newer than this version of Parquet, which skips its number. */
  private static boolean isUnknown(SchemaElement element) {
    return element.isSetLogicalType() && element.getLogicalType().getSetField() == null;
  }

  private static String describe(String column, SchemaElement unknown) {
    boolean float16 =
        unknown.getType() == Type.FIXED_LEN_BYTE_ARRAY && unknown.getType_length() == FLOAT16_BYTES;
    return "Invalid %s column: it is %s, and this Spark reads no file that has such a column; %s"
        .formatted(
            Printable.name(column),
            float16 ? "float16" : "of a newer type",
            float16 ? "write it as float32" : "leave it out");
  }
}
