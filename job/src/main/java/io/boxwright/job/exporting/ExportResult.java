package io.boxwright.job.exporting;

/**
 * The result of an export.
 *
 * @param folder the path of the dataset
 * @param written the number of images whose files were written now
 * @param descriptions the number of other files that were written now
 * @param plan what the dataset holds
 */
public record ExportResult(String folder, long written, int descriptions, ExportPlan plan) {

  /** Returns the number of images of the dataset. */
  public long images() {
    return plan.images();
  }
}
