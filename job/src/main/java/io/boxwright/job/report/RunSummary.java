package io.boxwright.job.report;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What came out of a run, counted from the image table itself.
 *
 * @param images rows of the image table
 * @param failed those of them whose status is {@code error}
 * @param warned those of them that have warnings
 * @param scored those of them that have a layout score
 * @param means mean scores, by column of {@code adherence} such as {@code guided.in_box_mass};
 *     empty if nothing was scored
 * @param detected those of them that a detector has scored
 * @param detection means of its scores, by column of {@code detection} such as {@code found}; empty
 *     if it scored nothing
 * @param errors the commonest messages of failed rows, and how often they occur
 */
public record RunSummary(
    long images,
    long failed,
    long warned,
    long scored,
    Map<String, Double> means,
    long detected,
    Map<String, Double> detection,
    Map<String, Long> errors) {

  /** Names of the scores, as the image table has them. */
  static final List<String> SCORES = List.of("in_box_mass", "lift", "iou", "pointing", "leakage");

  /** Names of the groups of layers that are scored apart. */
  static final List<String> GROUPS = List.of("guided", "held_out");

  /** Names of the scores of detected objects, as the image table has them. */
  static final List<String> DETECTION_SCORES =
      List.of("found", "right", "centre_in_box", "iou", "all_right");

  private static final int MOST_ERRORS = 10;

  /** Counts an image table. The images themselves are not read. */
  public static RunSummary of(Dataset<Row> table) {
    boolean detects = Arrays.asList(table.columns()).contains("detection");
    List<String> detectionScores = detects ? DETECTION_SCORES : List.of();
    List<Column> columns = new ArrayList<>();
    columns.add(count(when(col("status").equalTo("error"), 1)));
    columns.add(count(when(size(col("warnings")).gt(0), 1)));
    columns.add(count(col("adherence")));
    columns.add(count(detects ? col("detection") : lit(null)));
    scorePaths().forEach(score -> columns.add(avg(col("adherence." + score))));
    detectionScores.forEach(score -> columns.add(avg(col("detection." + score))));
    Row totals = table.agg(count(lit(1)), columns.toArray(Column[]::new)).first();
    long failed = totals.getLong(1);
    return new RunSummary(
        totals.getLong(0),
        failed,
        totals.getLong(2),
        totals.getLong(3),
        means(totals, 5, scorePaths()),
        totals.getLong(4),
        means(totals, 5 + scorePaths().size(), detectionScores),
        failed == 0 ? Map.of() : commonestErrors(table));
  }

  private static List<String> scorePaths() {
    return GROUPS.stream()
        .flatMap(group -> SCORES.stream().map(score -> group + "." + score))
        .toList();
  }

  /** The means that start at a place of the totals; those of nothing are left out. */
  private static Map<String, Double> means(Row totals, int first, List<String> scores) {
    Map<String, Double> means = new LinkedHashMap<>();
    for (int i = 0; i < scores.size(); i++) {
      if (!totals.isNullAt(first + i)) {
        means.put(scores.get(i), totals.getDouble(first + i));
      }
    }
    return means;
  }

  private static Map<String, Long> commonestErrors(Dataset<Row> table) {
    Map<String, Long> errors = new LinkedHashMap<>();
    table
        .filter(col("status").equalTo("error"))
        .groupBy("error")
        .count()
        .orderBy(col("count").desc(), col("error"))
        .limit(MOST_ERRORS)
        .collectAsList()
        .forEach(row -> errors.put(row.getString(0), row.getLong(1)));
    return errors;
  }
}
