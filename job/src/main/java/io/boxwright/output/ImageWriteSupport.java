package io.boxwright.output;

import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.execution.datasources.parquet.ParquetWriteSupport;

/**
 * Spark's way of writing rows, with a footer key that tells HuggingFace {@code datasets} which
 * column holds pictures. Parquet makes it by its class name.
 */
public final class ImageWriteSupport extends ParquetWriteSupport {

  private static final String FEATURES =
      "{\"info\":{\"features\":{\"image\":{\"_type\":\"Image\"}}}}";

  @Override
  public WriteContext init(Configuration configuration) {
    WriteContext context = super.init(configuration);
    Map<String, String> footer = new HashMap<>(context.getExtraMetaData());
    footer.put("huggingface", FEATURES);
    return new WriteContext(context.getSchema(), footer);
  }
}
