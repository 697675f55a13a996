package io.boxwright.job.actions;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.PromptTable;
import io.boxwright.text.Count;
import io.boxwright.udf.table.PromptTables;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The check of a table's first rows, which refuses a table that is wrong as a whole before a run.
 */
final class FirstRows {

  private static final Logger LOG = LoggerFactory.getLogger(FirstRows.class);

  /** The number of rows that are checked. */
  private static final int COUNT = 100;

  private FirstRows() {}

  /**
   * Checks the rows as far as this needs no model.
   *
   * @throws InvalidInputException if all rows are wrong in the same way
   */
  static void check(PromptTable prompts) {
    Dataset<Row> rows = prompts.first(COUNT);
    List<String> problems = PromptTables.findRowProblems(rows);
    List<String> wrong = problems.stream().filter(problem -> !problem.isEmpty()).toList();
    if (wrong.isEmpty()) {
      return;
    }
    String units =
        PromptTables.describeBoxUnits(rows)
            .map(advice -> "; all boxes look like " + advice)
            .orElse("");
    int count = problems.size();
    boolean alike = wrong.stream().map(FirstRows::reduceToKind).distinct().count() == 1;
    if (wrong.size() == count && alike) {
      throw new InvalidInputException(
          "%s in %s %s wrong, nothing is started: %s%s"
              .formatted(
                  Count.form(count, "The first row", "All of the first %d rows".formatted(count)),
                  prompts.path(),
                  Count.form(count, "is", "are"),
                  wrong.get(0),
                  units));
    }
    if (!units.isEmpty()) {
      LOG.warn(
          "{} of the first {} {} wrong, such as: {}{}",
          wrong.size(),
          Count.of(count, "row"),
          Count.form(wrong.size(), "is", "are"),
          wrong.get(0),
          units);
    }
  }

  /** Reduces a problem to its kind, without the place and the values. */
  private static String reduceToKind(String problem) {
    return problem.replaceAll("\\[\\d+]", "").replaceAll(":.*", "");
  }
}
