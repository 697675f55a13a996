package io.boxwright.job.evaluation;

import static org.apache.spark.sql.functions.col;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The result of an evaluation.
 *
 * @param table the path of the table with a row for each image
 * @param figures the path of {@code evaluation.json}
 * @param record the figures
 * @param notMade the images that the run failed to make
 * @param refused the images that were made, but not evaluated, such as those whose labels the
 *     detector does not know
 */
public record EvaluationResult(
    String table,
    String figures,
    EvaluationRecord record,
    FailureGroup notMade,
    FailureGroup refused) {

  /**
   * Makes the result of an evaluation, and counts its errors if there are any.
   *
   * @param table the path of the table
   * @param figures the path of {@code evaluation.json}
   * @param rows the table
   */
  public static EvaluationResult of(
      String table, String figures, EvaluationRecord record, Dataset<Row> rows) {
    if (record.failed() == 0) {
      return new EvaluationResult(table, figures, record, FailureGroup.NONE, FailureGroup.NONE);
    }
    Dataset<Row> failed = rows.filter(col("status").equalTo("error"));
    return new EvaluationResult(
        table,
        figures,
        record,
        FailureGroup.of(failed.filter(col("width").isNull())), // an image has a width
        FailureGroup.of(failed.filter(col("width").isNotNull())));
  }
}
