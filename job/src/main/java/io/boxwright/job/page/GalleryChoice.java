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
import java.util.stream.Stream;

/**
 * The images of a gallery. Few images are all shown, in no group; those without the score are in
 * the group {@code unscored}. Of many images, these are shown: the best and the worst of each run,
 * and those whose scores differ most from the first run. Without any score, they are the first
 * ones.
 *
 * @param score the score that they are chosen by; empty if no image has one
 * @param rows the chosen images in the order of their keys
 * @param images the images that were made in any run, shown or not
 * @param unscored the images that are not shown because they have no score
 */
record GalleryChoice(
    Optional<PageScore> score, List<ChosenRow> rows, int images, Gallery.Unscored unscored) {

  private static final int LARGEST_GROUP = 24;

  /** The number of groups of many images: best, worst and most changed. */
  private static final int GROUPS = 3;

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
    Optional<PageScore> score = chooseScore(runs);
    SortedMap<ImageKey, List<ImageNumbers>> made = collectMade(runs);
    if (made.size() <= GROUPS * groupSize(runs)) {
      return all(score, made, runs);
    }
    return score
        .map(value -> byScore(value, made, runs))
        .orElseGet(() -> first(made, groupSize(runs)));
  }

  /** Chooses what a detector says, the score that more images have; without it, the attention. */
  private static Optional<PageScore> chooseScore(List<RunNumbers> runs) {
    return Stream.of(PageScore.IOU, PageScore.RIGHT)
        .filter(score -> score.isIn(runs))
        .max(Comparator.comparingInt(score -> count(score, runs))) // the first one of equal ones
        .or(() -> Optional.of(PageScore.IN_BOX_MASS).filter(score -> score.isIn(runs)));
  }

  private static int count(PageScore score, List<RunNumbers> runs) {
    return runs.stream().mapToInt(run -> score.values(run).length).sum();
  }

  /** Returns the images that were made, by key, each with its numbers in the runs that made it. */
  private static SortedMap<ImageKey, List<ImageNumbers>> collectMade(List<RunNumbers> runs) {
    SortedMap<ImageKey, List<ImageNumbers>> made = new TreeMap<>();
    runs.stream()
        .flatMap(run -> run.images().stream())
        .filter(ImageNumbers::good)
        .forEach(image -> made.computeIfAbsent(image.key(), key -> new ArrayList<>()).add(image));
    return made;
  }

  private static int groupSize(List<RunNumbers> runs) {
    return Math.min(LARGEST_GROUP, PICTURES_PER_GROUP / runs.size());
  }

  private static GalleryChoice all(
      Optional<PageScore> score,
      SortedMap<ImageKey, List<ImageNumbers>> made,
      List<RunNumbers> runs) {
    SortedMap<ImageKey, Reasons> chosen = new TreeMap<>();
    made.forEach(
        (key, images) -> {
          Reasons reasons = new Reasons(images.get(0));
          if (score.isPresent() && !hasScore(score.get(), images)) {
            reasons.groups.add("unscored");
          }
          chosen.put(key, reasons);
        });
    Map<ImageKey, Double> changes = score.map(value -> findChanges(value, runs)).orElse(Map.of());
    return new GalleryChoice(score, list(chosen, changes), made.size(), new Gallery.Unscored(0, 0));
  }

  private static boolean hasScore(PageScore score, List<ImageNumbers> images) {
    return images.stream().anyMatch(image -> score.of(image) != null);
  }

  private static GalleryChoice first(SortedMap<ImageKey, List<ImageNumbers>> made, int size) {
    SortedMap<ImageKey, Reasons> chosen = new TreeMap<>();
    made.values().stream().limit(size).forEach(images -> note(chosen, images.get(0), "first"));
    return new GalleryChoice(
        Optional.empty(), list(chosen, Map.of()), made.size(), new Gallery.Unscored(0, 0));
  }

  private static GalleryChoice byScore(
      PageScore score, SortedMap<ImageKey, List<ImageNumbers>> made, List<RunNumbers> runs) {
    int size = groupSize(runs);
    int ofEachRun = (size + runs.size() - 1) / runs.size();
    SortedMap<ImageKey, Reasons> chosen = new TreeMap<>();
    for (RunNumbers run : runs) {
      // One order for both, and at most one half each: no image is the best and the worst of a run.
      List<Scored> scored = score(score, run).stream().sorted(Scored.HIGHEST_FIRST).toList();
      int best = Math.min(ofEachRun, (scored.size() + 1) / 2);
      int worst = Math.min(ofEachRun, scored.size() / 2);
      best = Math.min(best, (int) scored.stream().filter(one -> one.score() > 0).count());
      worst = Math.min(worst, (int) scored.stream().filter(one -> one.score() < 1).count());
      scored
          .subList(0, best)
          .forEach(one -> note(chosen, one.image(), "best").bestOf.add(run.run()));
      scored
          .subList(scored.size() - worst, scored.size())
          .forEach(one -> note(chosen, one.image(), "worst").worstOf.add(run.run()));
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
    return new GalleryChoice(
        Optional.of(score), list(chosen, changes), made.size(), countUnscored(score, made));
  }

  private static Gallery.Unscored countUnscored(
      PageScore score, SortedMap<ImageKey, List<ImageNumbers>> made) {
    List<List<ImageNumbers>> unscored =
        made.values().stream().filter(images -> !hasScore(score, images)).toList();
    long withoutBoxes =
        unscored.stream()
            .filter(images -> images.stream().allMatch(image -> image.objects().isEmpty()))
            .count();
    return new Gallery.Unscored((int) withoutBoxes, (int) (unscored.size() - withoutBoxes));
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
