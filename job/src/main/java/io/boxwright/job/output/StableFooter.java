package io.boxwright.job.output;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Comparator;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.Util;

/**
 * The footer of a Parquet file with the same bytes for the same content. Parquet lists the
 * encodings of a column in an order that differs from one start of Java to the next.
 */
public final class StableFooter {

  /** The bytes of the footer's length and of the mark at the end of a file. */
  private static final int END_BYTES = 8;

  private StableFooter() {}

  /**
   * Returns a file whose footer lists all encodings in order.
   *
   * @param file a whole Parquet file, or its end with at least the whole footer
   * @return as many bytes
   * @throws IOException if there is no footer
   */
  public static byte[] apply(byte[] file) throws IOException {
    int length =
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(file.length - END_BYTES);
    int start = file.length - END_BYTES - length;
    FileMetaData footer = Util.readFileMetaData(new ByteArrayInputStream(file, start, length));
    footer.getRow_groups().stream()
        .flatMap(group -> group.getColumns().stream())
        .forEach(column -> sort(column.getMeta_data()));
    ByteArrayOutputStream sorted = new ByteArrayOutputStream();
    Util.writeFileMetaData(footer, sorted);
    ByteBuffer result =
        ByteBuffer.allocate(start + sorted.size() + END_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    result.put(file, 0, start).put(sorted.toByteArray()).putInt(sorted.size());
    return result.put(file, file.length - Integer.BYTES, Integer.BYTES).array();
  }

  private static void sort(ColumnMetaData column) {
    Collections.sort(column.getEncodings());
    if (column.isSetEncoding_stats()) {
      column
          .getEncoding_stats()
          .sort(
              Comparator.comparing(PageEncodingStats::getPage_type)
                  .thenComparing(PageEncodingStats::getEncoding));
    }
  }
}
