package io.boxwright.job.evaluation;

import io.boxwright.job.report.CommonErrors;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Images that an evaluation could not score for one kind of reason.
 *
 * @param images the number of images
 * @param errors their most common messages
 */
public record FailureGroup(long images, CommonErrors errors) {

  /** No images. */
  static final FailureGroup NONE = new FailureGroup(0, new CommonErrors(Map.of()));

  /** Counts failed rows of an evaluation's table. */
  static FailureGroup of(Dataset<Row> rows) {
    long images = rows.count();
    return images == 0 ? NONE : new FailureGroup(images, CommonErrors.of(rows));
  }
}
