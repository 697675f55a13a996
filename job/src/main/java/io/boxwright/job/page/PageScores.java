package io.boxwright.job.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The parts of a page that are made from the scores of single images.
 *
 * @param histograms the distributions of scores
 * @param scatter the attention of objects against their overlap
 * @param breakdowns the means of scores by groups
 * @param gallery the chosen images
 */
public record PageScores(
    List<Histogram> histograms,
    List<ScatterPoints> scatter,
    List<Breakdown> breakdowns,
    Gallery gallery) {

  /** Copies the lists. */
  public PageScores {
    histograms = List.copyOf(histograms);
    scatter = List.copyOf(scatter);
    breakdowns = List.copyOf(breakdowns);
  }

  /**
   * Makes these parts.
   *
   * @param runs the numbers of the runs, in their order
   * @param sources the tables of the runs, in the same order
   * @param detections where detected boxes are from, in words; null if there are none
   */
  public static PageScores of(
      List<RunNumbers> runs, List<GallerySource> sources, String detections) {
    int mostPoints = ScatterPoints.MOST_POINTS / runs.size();
    List<ScatterPoints> scatter = new ArrayList<>();
    for (RunNumbers run : runs) {
      ScatterPoints.of(run, mostPoints).ifPresent(scatter::add);
    }
    return new PageScores(
        Arrays.stream(PageScore.values())
            .filter(score -> score != PageScore.RIGHT) // it has two values only
            .map(score -> Histogram.of(score, runs))
            .flatMap(Optional::stream)
            .toList(),
        scatter,
        Stream.of(Breakdown.byCategory(runs), Breakdown.byObjects(runs))
            .flatMap(Optional::stream)
            .toList(),
        new GalleryReader(GalleryChoice.of(runs), runs)
            .read(sources, detections, GalleryReader.MOST_BYTES));
  }
}
