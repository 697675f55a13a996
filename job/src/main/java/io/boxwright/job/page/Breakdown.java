package io.boxwright.job.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The means of scores by groups of images.
 *
 * @param name what the groups are, such as {@code category}
 * @param groups the groups in their order
 * @param leftOut the number of groups that are not shown, those with the fewest images
 */
public record Breakdown(String name, List<Group> groups, int leftOut) {

  private static final int MOST_GROUPS = 40;
  private static final int MANY_OBJECTS = 10;

  /**
   * A group of images.
   *
   * @param name the name
   * @param cells the runs that have images of the group
   */
  public record Group(String name, List<Cell> cells) {

    /** Copies the list. */
    public Group {
      cells = List.copyOf(cells);
    }
  }

  /**
   * The images of a group in a run.
   *
   * @param run the place of the run on the page
   * @param images the number of good images
   * @param means the means by the key of the score; without scores that no image has
   */
  public record Cell(int run, int images, Map<String, Double> means) {

    /** Copies the map. */
    public Cell {
      means = new TreeMap<>(means);
    }
  }

  /** Copies the list. */
  public Breakdown {
    groups = List.copyOf(groups);
  }

  /**
   * Groups good images by category, in alphabetical order. Nothing for fewer than two, or without
   * any score.
   */
  static Optional<Breakdown> byCategory(List<RunNumbers> runs) {
    return of("category", runs, ImageNumbers::category, Function.identity());
  }

  /**
   * Groups good images by their number of objects. Nothing for fewer than two numbers, or without
   * any score.
   */
  static Optional<Breakdown> byObjects(List<RunNumbers> runs) {
    return of(
        "number of objects",
        runs,
        image -> Math.min(MANY_OBJECTS, image.objects().size()),
        number -> number == MANY_OBJECTS ? MANY_OBJECTS + " or more" : number.toString());
  }

  private static <T extends Comparable<T>> Optional<Breakdown> of(
      String name,
      List<RunNumbers> runs,
      Function<ImageNumbers, T> group,
      Function<T, String> describe) {
    Map<T, List<Cell>> cells = new TreeMap<>();
    Map<T, Integer> sizes = new LinkedHashMap<>();
    for (RunNumbers run : runs) {
      Map<T, List<ImageNumbers>> images =
          run.images().stream()
              .filter(ImageNumbers::good)
              .filter(image -> group.apply(image) != null)
              .collect(Collectors.groupingBy(group));
      images.forEach(
          (value, own) -> {
            cells
                .computeIfAbsent(value, key -> new ArrayList<>())
                .add(new Cell(run.run(), own.size(), average(own)));
            sizes.merge(value, own.size(), Integer::sum);
          });
    }
    boolean scored =
        cells.values().stream().flatMap(List::stream).anyMatch(cell -> !cell.means().isEmpty());
    if (cells.size() < 2 || !scored) {
      return Optional.empty();
    }
    List<T> shown =
        cells.keySet().stream()
            .sorted(Comparator.comparing((T value) -> -sizes.get(value)))
            .limit(MOST_GROUPS)
            .sorted()
            .toList();
    return Optional.of(
        new Breakdown(
            name,
            shown.stream()
                .map(value -> new Group(describe.apply(value), cells.get(value)))
                .toList(),
            cells.size() - shown.size()));
  }

  private static Map<String, Double> average(List<ImageNumbers> images) {
    Map<String, Double> means = new TreeMap<>();
    for (PageScore score : PageScore.values()) {
      Arrays.stream(score.values(images.stream()))
          .average()
          .ifPresent(mean -> means.put(score.name(), mean));
    }
    return means;
  }
}
