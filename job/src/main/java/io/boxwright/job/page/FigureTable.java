package io.boxwright.job.page;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The figures of a benchmark in an evaluation, with the runs side by side.
 *
 * @param evaluation the name of the evaluation
 * @param benchmark the name of the benchmark
 * @param options the settings of the evaluation in the first run that has it, by name
 * @param notes a sentence for everything that a reader has to know, such as other settings
 * @param figures the figures: over all images first, then by category
 */
public record FigureTable(
    String evaluation,
    String benchmark,
    Map<String, String> options,
    List<String> notes,
    List<FigureLine> figures) {

  /**
   * A figure in several runs.
   *
   * @param name the name, such as {@code accuracy@0.5}
   * @param category the category of the prompts, or null for all of them
   * @param unit the unit, in small letters
   * @param formula the formula in words
   * @param source where the formula is from
   * @param cells the runs that have the figure
   * @param differences the differences of later runs to the first one of the page
   */
  public record FigureLine(
      String name,
      String category,
      String unit,
      String formula,
      String source,
      List<Cell> cells,
      List<Difference> differences) {

    /** Copies the lists. */
    public FigureLine {
      cells = List.copyOf(cells);
      differences = List.copyOf(differences);
    }
  }

  /**
   * A figure of a run.
   *
   * @param run the place of the run on the page
   * @param value the value
   * @param low the lower end of its 95 % interval; null if there is none
   * @param high the upper end; null if there is none
   * @param images the number of images that it is made from
   * @param prompts the number of prompts that these images have
   */
  public record Cell(int run, double value, Double low, Double high, int images, int prompts) {}

  /**
   * The difference of a figure between a run and the first run of the page.
   *
   * @param run the place of the run on the page
   * @param value the run's value less that of the first run, over the prompts of both
   * @param low the lower end of its 95 % interval; null if there is none
   * @param high the upper end; null if there is none
   * @param prompts the number of prompts of both
   */
  public record Difference(int run, double value, Double low, Double high, int prompts) {}

  /** Copies the collections. */
  public FigureTable {
    options = new TreeMap<>(options);
    notes = List.copyOf(notes);
    figures = List.copyOf(figures);
  }
}
