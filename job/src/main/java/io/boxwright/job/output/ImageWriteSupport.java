package io.boxwright.job.output;

import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.schema.MessageType;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.parquet.ParquetWriteSupport;
import org.apache.spark.sql.types.StructType;

/**
 * Spark's write support with more keys in the footer. They tell HuggingFace {@code datasets} which
 * column holds pictures, where the images come from, which chunk they are and how many of them
 * failed. They also hold a hash of the rows, and a place for the {@link FileSeal}.
 */
final class ImageWriteSupport extends ParquetWriteSupport {

  /** The start of all our options and footer keys. */
  static final String FOOTER = "boxwright.";

  /** The footer key of the hash of the plan. */
  static final String PLAN = FOOTER + "plan";

  /** The footer key of the chunk's number. */
  static final String CHUNK = FOOTER + "chunk";

  /** The footer key of the number of rows whose status is {@code error}. */
  static final String FAILED = FOOTER + "failed";

  /** The footer key of the versions of the software. */
  static final String VERSIONS = FOOTER + "versions";

  /** The footer key of the {@link RowDigest} of all rows. */
  static final String ROWS = FOOTER + "rows.sha256";

  private static final String FEATURES =
      "{\"info\":{\"features\":{\"image\":{\"_type\":\"Image\"}}}}";

  private final SealedOutputFile file;
  private final int chunk;
  private final RowDigest rows;
  private int statusColumn = -1;
  private long failed;

  /**
   * Prepares to write one file.
   *
   * @param file the file for the rows
   * @param chunk the number of the chunk
   * @param schema the schema of the rows
   */
  ImageWriteSupport(SealedOutputFile file, int chunk, StructType schema) {
    this.file = file;
    this.chunk = chunk;
    this.rows = new RowDigest(schema);
  }

  @Override
  public WriteContext init(Configuration configuration) {
    WriteContext context = super.init(configuration);
    MessageType schema = context.getSchema();
    statusColumn = schema.containsField("status") ? schema.getFieldIndex("status") : -1;
    Map<String, String> footer = new HashMap<>(context.getExtraMetaData());
    footer.put("huggingface", FEATURES);
    footer.put(CHUNK, String.valueOf(chunk));
    for (String key : new String[] {PLAN, FOOTER + "model", FOOTER + "options", VERSIONS}) {
      String value = configuration.get(key);
      if (value != null) {
        footer.put(key, value);
      }
    }
    return new WriteContext(schema, footer);
  }

  @Override
  public void write(InternalRow row) {
    super.write(row);
    rows.add(row);
    if (statusColumn >= 0 && "error".equals(String.valueOf(row.getUTF8String(statusColumn)))) {
      failed++;
    }
  }

  /**
   * Returns the last keys of the footer. Parquet calls this after the last row, before it writes
   * the end.
   */
  @Override
  public FinalizedWriteContext finalizeWrite() {
    file.holdEnd();
    return new FinalizedWriteContext(
        Map.of(
            FAILED, String.valueOf(failed), ROWS, rows.hex(), FileSeal.KEY, FileSeal.PLACEHOLDER));
  }
}
