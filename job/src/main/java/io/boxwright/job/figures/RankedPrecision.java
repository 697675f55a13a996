package io.boxwright.job.figures;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * COCO's average precision: the mean over labels and over least overlaps of the precision at 101
 * recalls.
 *
 * @param name the name of a value that every judged image has
 * @param leastOverlaps the intersections over union from which on a detection matches, 0..1
 */
record RankedPrecision(String name, List<Double> leastOverlaps) implements Statistic {

  private static final int RECALLS = 101;
  private static final double RECALL_STEP = 0.01;

  /** Copies the list. */
  RankedPrecision {
    leastOverlaps = List.copyOf(leastOverlaps);
  }

  /**
   * A detection of a label in any image.
   *
   * @param prompt the index of its prompt
   * @param score its score
   * @param matched whether it has a box, for each least overlap
   */
  private record Ranked(int prompt, double score, boolean[] matched) {}

  /**
   * The asked-for boxes of a label in one image.
   *
   * @param prompt the index of the prompt
   * @param boxes their number
   */
  private record Asked(int prompt, int boxes) {}

  /**
   * All that is known of a label.
   *
   * @param asked the asked-for boxes of each image
   * @param ranking the detections, those with the highest scores first
   */
  private record LabelRanking(List<Asked> asked, List<Ranked> ranking) {

    LabelRanking() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    /** Returns the mean precision at 101 recalls, NaN if the drawn prompts have no box. */
    double computePrecision(int overlap, int[] weights) {
      double all = asked.stream().mapToInt(image -> weights[image.prompt()] * image.boxes()).sum();
      if (all == 0) {
        return Double.NaN;
      }
      double[] precisions = new double[ranking.size()];
      double[] recalls = new double[ranking.size()];
      double right = 0;
      double wrong = 0;
      for (int i = 0; i < ranking.size(); i++) {
        int weight = weights[ranking.get(i).prompt()];
        if (ranking.get(i).matched()[overlap]) {
          right += weight;
        } else {
          wrong += weight;
        }
        recalls[i] = right / all;
        precisions[i] = right + wrong == 0 ? 0 : right / (right + wrong);
      }
      for (int i = precisions.length - 2; i >= 0; i--) {
        precisions[i] = Math.max(precisions[i], precisions[i + 1]);
      }
      double sum = 0;
      int next = 0;
      for (int i = 0; i < RECALLS; i++) {
        while (next < recalls.length && recalls[next] < i * RECALL_STEP) {
          next++;
        }
        sum += next < recalls.length ? precisions[next] : 0;
      }
      return sum / RECALLS;
    }
  }

  @Override
  public ToDoubleFunction<int[]> prepare(List<PromptImages> prompts) {
    Map<String, LabelRanking> rankings = new TreeMap<>();
    for (PromptImages prompt : prompts) {
      for (ScoredImage scored : prompt.images()) {
        scored
            .image()
            .objects()
            .forEach(object -> rankings.putIfAbsent(object.phrase(), new LabelRanking()));
      }
    }
    for (int i = 0; i < prompts.size(); i++) {
      for (ScoredImage scored : prompts.get(i).images()) {
        for (String label : findLabels(scored.image(), rankings.keySet())) {
          BoxMatches matches = BoxMatches.of(label, scored.image());
          rankings.get(label).asked().add(new Asked(i, matches.asked().size()));
          addDetections(matches, i, rankings.get(label).ranking());
        }
      }
    }
    rankings
        .values()
        .forEach(
            label -> label.ranking().sort(Comparator.comparingDouble(Ranked::score).reversed()));
    return weights -> meanPrecision(rankings.values(), weights);
  }

  private static Set<String> findLabels(EvaluatedImage image, Set<String> known) {
    Set<String> labels = new TreeSet<>();
    image.objects().forEach(object -> labels.add(object.phrase()));
    image.detections().forEach(found -> labels.add(found.label()));
    labels.retainAll(known);
    return labels;
  }

  private double meanPrecision(Collection<LabelRanking> rankings, int[] weights) {
    return rankings.stream()
        .flatMapToDouble(
            ranking ->
                IntStream.range(0, leastOverlaps.size())
                    .mapToDouble(overlap -> ranking.computePrecision(overlap, weights)))
        .filter(precision -> !Double.isNaN(precision))
        .average()
        .orElse(Double.NaN);
  }

  private void addDetections(BoxMatches matches, int prompt, List<Ranked> ranking) {
    List<List<Boolean>> matched = leastOverlaps.stream().map(matches::match).toList();
    for (int i = 0; i < matches.ranked().size(); i++) {
      boolean[] flags = new boolean[leastOverlaps.size()];
      for (int j = 0; j < flags.length; j++) {
        flags[j] = matched.get(j).get(i);
      }
      ranking.add(new Ranked(prompt, matches.ranked().get(i).score(), flags));
    }
  }

  @Override
  public int countImages(List<PromptImages> prompts) {
    return prompts.stream().mapToInt(prompt -> prompt.count(name)).sum();
  }
}
