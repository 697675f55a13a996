package io.boxwright.output;

import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.schema.MessageType;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.parquet.ParquetWriteSupport;

/**
 * Spark's way of writing rows, with more in the footer: a key that tells HuggingFace {@code
 * datasets} which column holds pictures, where the images come from, and how many of them failed.
 * Parquet makes it by its class name.
 */
public final class ImageWriteSupport extends ParquetWriteSupport {

  /** What options and footer keys of ours start with. */
  static final String FOOTER = "boxwright.";

  /** The footer key of the number of rows whose status is {@code error}. */
  static final String FAILED = FOOTER + "failed";

  private static final String FEATURES =
      "{\"info\":{\"features\":{\"image\":{\"_type\":\"Image\"}}}}";

  private int statusColumn = -1;
  private long failed;

  @Override
  public WriteContext init(Configuration configuration) {
    WriteContext context = super.init(configuration);
    MessageType schema = context.getSchema();
    statusColumn = schema.containsField("status") ? schema.getFieldIndex("status") : -1;
    Map<String, String> footer = new HashMap<>(context.getExtraMetaData());
    footer.put("huggingface", FEATURES);
    for (String key : new String[] {"plan", "model", "options", "versions"}) {
      String value = configuration.get(FOOTER + key);
      if (value != null) {
        footer.put(FOOTER + key, value);
      }
    }
    return new WriteContext(schema, footer);
  }

  @Override
  public void write(InternalRow row) {
    super.write(row);
    if (statusColumn >= 0 && "error".equals(String.valueOf(row.getUTF8String(statusColumn)))) {
      failed++;
    }
  }

  @Override
  public FinalizedWriteContext finalizeWrite() {
    return new FinalizedWriteContext(Map.of(FAILED, String.valueOf(failed)));
  }
}
