package io.boxwright.job.page;

import java.util.List;

/**
 * Everything that a page shows. Runs are named by their places in the list, from 0.
 *
 * @param title the title
 * @param created the time when the page was made, ISO 8601
 * @param version the version of Boxwright
 * @param runs the runs, 1 or more, in the order of the command
 * @param scores the scores of single images that the page shows
 * @param figures the figures of evaluations
 * @param histograms the distributions of scores; a score that no run has is left out
 * @param scatter the attention of objects against their overlap, empty runs left out
 * @param breakdowns the means of scores by groups of images
 * @param gallery the chosen images
 */
public record Page(
    String title,
    String created,
    String version,
    List<PageRun> runs,
    List<ScoreText> scores,
    List<FigureTable> figures,
    List<Histogram> histograms,
    List<ScatterPoints> scatter,
    List<Breakdown> breakdowns,
    Gallery gallery) {

  /**
   * The definition of a score.
   *
   * @param key the key in this page
   * @param label a few words
   * @param definition a sentence
   */
  public record ScoreText(String key, String label, String definition) {}

  /** Copies the lists. */
  public Page {
    runs = List.copyOf(runs);
    scores = List.copyOf(scores);
    figures = List.copyOf(figures);
    histograms = List.copyOf(histograms);
    scatter = List.copyOf(scatter);
    breakdowns = List.copyOf(breakdowns);
  }
}
