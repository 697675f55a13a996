package io.boxwright.job.actions;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.PromptTable;
import io.boxwright.udf.table.PromptTables;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a table's first rows, so that a table that is wrong as a whole is not run to its end.
 */
final class FirstRows {

  private static final Logger LOG = LoggerFactory.getLogger(FirstRows.class);

  /** The number of rows that are checked. */
  private static final int COUNT = 100;

  private FirstRows() {}

  /**
   * Checks what can be checked without a model.
   *
   * @throws InvalidInputException if all rows are wrong in the same way
   */
  static void check(PromptTable prompts) {
    Dataset<Row> rows = prompts.first(COUNT);
    List<String> problems = PromptTables.rowProblems(rows);
    List<String> wrong = problems.stream().filter(problem -> !problem.isEmpty()).toList();
    if (wrong.isEmpty()) {
      return;
    }
    String units =
        PromptTables.boxUnits(rows).map(advice -> "; all boxes look like " + advice).orElse("");
    boolean alike = wrong.stream().map(FirstRows::kind).distinct().count() == 1;
    if (wrong.size() == problems.size() && alike) {
      throw new InvalidInputException(
          "All of the first %d rows in %s are wrong, nothing is started: %s%s"
              .formatted(problems.size(), prompts.path(), wrong.get(0), units));
    }
    if (!units.isEmpty()) {
      LOG.warn(
          "{} of the first {} rows are wrong, such as: {}{}",
          wrong.size(),
          problems.size(),
          wrong.get(0),
          units);
    }
  }

  /** Reduces a problem to its kind: without the place and the values. */
  private static String kind(String problem) {
    return problem.replaceAll("\\[\\d+]", "").replaceAll(":.*", "");
  }
}
