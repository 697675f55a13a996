package io.boxwright.job.evaluation;

/**
 * The result of an evaluation.
 *
 * @param table the path of the table with a row for each image
 * @param figures the path of {@code evaluation.json}
 * @param record the figures
 */
public record EvaluationResult(String table, String figures, EvaluationRecord record) {}
