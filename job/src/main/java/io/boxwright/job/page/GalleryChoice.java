package io.boxwright.job.page;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The images of a gallery: the best and the worst of each run, and those whose scores differ most
 * from the first run. Without any score, they are the first ones.
 *
 * @param score the score that they are chosen by; empty if no image has one
 * @param rows the chosen images in the order of their keys
 */
record GalleryChoice(Optional<PageScore> score, List<ChosenRow> rows) {

  private static final int LARGEST_GROUP = 24;

  /** The number of pictures of a group: groups get smaller with many runs. */
  private static final int PICTURES_PER_GROUP = 96;

  /**
   * A chosen image.
   *
   * @param key the image
   * @param category its category, or null
   * @param groups why it was chosen
   * @param bestOf the runs in which it is one of the best
   * @param worstOf the runs in which it is one of the worst
   * @param change the largest difference of its score to the first run; null without
   */
  record ChosenRow(
      ImageKey key,
      String category,
      Set<String> groups,
      List<Integer> bestOf,
      List<Integer> worstOf,
      Double change) {}

  /** A score of an image in a run. */
  private record Scored(ImageNumbers image, double score) {

    static final Comparator<Scored> LOWEST_FIRST =
        Comparator.comparingDouble(Scored::score).thenComparing(scored -> scored.image().key());
    static final Comparator<Scored> HIGHEST_FIRST =
        Comparator.comparingDouble(Scored::score)
            .reversed()
            .thenComparing(scored -> scored.image().key());
  }

  /** The reasons for a choice, collected. */
  private static final class Reasons {
    private final String category;
    private final Set<String> groups = new TreeSet<>();
    private final List<Integer> bestOf = new ArrayList<>();
    private final List<Integer> worstOf = new ArrayList<>();

    Reasons(ImageNumbers image) {
      category = image.category();
    }
  }

  /** Chooses images. */
  static GalleryChoice of(List<RunNumbers> runs) {
    Optional<PageScore> score =
        List.of(PageScore.IOU, PageScore.IN_BOX_MASS).stream()
            .filter(candidate -> candidate.isIn(runs))
            .findFirst();
    return score.map(value -> byScore(value, runs)).orElseGet(() -> first(runs));
  }

  private static int groupSize(List<RunNumbers> runs) {
    return Math.min(LARGEST_GROUP, PICTURES_PER_GROUP / runs.size());
  }

  private static GalleryChoice first(List<RunNumbers> runs) {
    SortedMap<ImageKey, Reasons> chosen = new TreeMap<>();
    runs.stream()
        .flatMap(run -> run.images().stream())
        .filter(ImageNumbers::good)
        .sorted(Comparator.comparing(ImageNumbers::key))
        .forEach(
            image -> {
              if (chosen.size() < groupSize(runs)) {
                note(chosen, image, "first");
              }
            });
    return new GalleryChoice(Optional.empty(), list(chosen, Map.of()));
  }

  private static GalleryChoice byScore(PageScore score, List<RunNumbers> runs) {
    int size = groupSize(runs);
    int ofEachRun = (size + runs.size() - 1) / runs.size();
    SortedMap<ImageKey, Reasons> chosen = new TreeMap<>();
    for (RunNumbers run : runs) {
      List<Scored> scored = score(score, run);
      int half = (scored.size() + 1) / 2; // so that few images are not all best and worst
      scored.stream()
          .sorted(Scored.HIGHEST_FIRST)
          .limit(Math.min(ofEachRun, half))
          .forEach(best -> note(chosen, best.image(), "best").bestOf.add(run.run()));
      scored.stream()
          .sorted(Scored.LOWEST_FIRST)
          .limit(Math.min(ofEachRun, scored.size() - half))
          .forEach(worst -> note(chosen, worst.image(), "worst").worstOf.add(run.run()));
    }
    Map<ImageKey, Double> changes = findChanges(score, runs);
    Map<ImageKey, ImageNumbers> images = new HashMap<>();
    runs.get(0).images().forEach(image -> images.put(image.key(), image));
    changes.entrySet().stream()
        .filter(change -> change.getValue() != 0)
        .sorted(
            Comparator.comparingDouble(
                    (Map.Entry<ImageKey, Double> change) -> -Math.abs(change.getValue()))
                .thenComparing(Map.Entry::getKey))
        .limit(size)
        .forEach(change -> note(chosen, images.get(change.getKey()), "changed"));
    return new GalleryChoice(Optional.of(score), list(chosen, changes));
  }

  private static List<Scored> score(PageScore score, RunNumbers run) {
    return run.images().stream()
        .filter(image -> score.of(image) != null)
        .map(image -> new Scored(image, score.of(image)))
        .toList();
  }

  /** Returns the difference of each image to the first run that is farthest from 0. */
  private static Map<ImageKey, Double> findChanges(PageScore score, List<RunNumbers> runs) {
    Map<ImageKey, Double> before = new HashMap<>();
    score(score, runs.get(0)).forEach(one -> before.put(one.image().key(), one.score()));
    Map<ImageKey, Double> changes = new HashMap<>();
    for (RunNumbers run : runs.subList(1, runs.size())) {
      for (Scored now : score(score, run)) {
        ImageKey key = now.image().key();
        if (before.containsKey(key)) {
          changes.merge(
              key,
              now.score() - before.get(key),
              (one, other) -> Math.abs(other) > Math.abs(one) ? other : one);
        }
      }
    }
    return changes;
  }

  private static Reasons note(
      SortedMap<ImageKey, Reasons> chosen, ImageNumbers image, String group) {
    Reasons reasons = chosen.computeIfAbsent(image.key(), key -> new Reasons(image));
    reasons.groups.add(group);
    return reasons;
  }

  private static List<ChosenRow> list(
      SortedMap<ImageKey, Reasons> chosen, Map<ImageKey, Double> changes) {
    List<ChosenRow> rows = new ArrayList<>();
    chosen.forEach(
        (key, reasons) ->
            rows.add(
                new ChosenRow(
                    key,
                    reasons.category,
                    Collections.unmodifiableSet(reasons.groups),
                    List.copyOf(reasons.bestOf),
                    List.copyOf(reasons.worstOf),
                    changes.get(key))));
    return rows;
  }
}
