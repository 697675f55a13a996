package io.boxwright.job.report;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;

import io.boxwright.diffusion.scores.ScoreGroup;
import io.boxwright.udf.table.ScoreColumn;
import io.boxwright.udf.table.ScoreColumns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The summary of a run, counted from the image table itself.
 *
 * @param images the number of rows of the image table
 * @param failed the number of rows whose status is {@code error}
 * @param warned the number of rows with warnings
 * @param nsfw the number of images that the model's safety checker made black
 * @param scores the means of each group of scores that the table has, in the order of its columns
 * @param errors the most common messages of failed rows, with their numbers
 */
public record RunSummary(
    long images,
    long failed,
    long warned,
    long nsfw,
    List<ScoreMeans> scores,
    Map<String, Long> errors) {

  /** Copies the list. */
  public RunSummary {
    scores = List.copyOf(scores);
  }

  /** Summarises an image table. The images themselves are not read. */
  public static RunSummary of(Dataset<Row> table) {
    return of(table, ScoreColumns.in(table.schema()).stream().map(ScoreColumn::group).toList());
  }

  /** Summarises an image table that has the given groups of scores. */
  static RunSummary of(Dataset<Row> table, List<ScoreGroup> groups) {
    List<Column> columns = new ArrayList<>();
    columns.add(count(when(col("status").equalTo("error"), 1)));
    columns.add(count(when(size(col("warnings")).gt(0), 1)));
    columns.add(count(when(findNsfw(table), 1)));
    for (ScoreGroup group : groups) {
      columns.add(count(col(group.name())));
      group.imageNumbers().forEach(path -> columns.add(avg(col(group.name() + "." + path))));
    }
    Row totals = table.agg(count(lit(1)), columns.toArray(Column[]::new)).first();
    long failed = totals.getLong(1);
    return new RunSummary(
        totals.getLong(0),
        failed,
        totals.getLong(2),
        totals.getLong(3),
        readScores(totals, 4, groups),
        failed == 0
            ? Map.of()
            : CommonErrors.of(table.filter(col("status").equalTo("error"))).counts());
  }

  /** Finds the column of images that are black; older tables lack it. */
  private static Column findNsfw(Dataset<Row> table) {
    boolean present = Arrays.asList(table.columns()).contains("nsfw");
    return present ? col("nsfw") : lit(false);
  }

  /**
   * Reads the counts and means of groups of scores, which start at column {@code first} of the
   * totals.
   */
  private static List<ScoreMeans> readScores(Row totals, int first, List<ScoreGroup> groups) {
    List<ScoreMeans> scores = new ArrayList<>();
    int place = first;
    for (ScoreGroup group : groups) {
      long images = totals.getLong(place++);
      Map<String, Double> means = new LinkedHashMap<>();
      for (String path : group.imageNumbers()) {
        if (!totals.isNullAt(place)) {
          means.put(path, totals.getDouble(place));
        }
        place++;
      }
      scores.add(new ScoreMeans(group, images, means));
    }
    return scores;
  }

  /**
   * Returns the means of a group of scores.
   *
   * @param group the name of the group, such as {@code detection}
   * @return the means; empty if the table does not have the group
   */
  public Optional<ScoreMeans> scores(String group) {
    return scores.stream().filter(means -> means.group().name().equals(group)).findFirst();
  }
}
