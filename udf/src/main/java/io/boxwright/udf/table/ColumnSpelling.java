package io.boxwright.udf.table;

import io.boxwright.text.Printable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.unsafe.types.UTF8String;

/** A search for columns whose names are almost ours, which would pass through unread. */
final class ColumnSpelling {

  /** Other names that people use for our columns, with only small letters and digits. */
  private static final Map<String, List<String>> OTHER_NAMES =
      Map.of(
          "prompt", List.of("prompts"),
          "negative_prompt", List.of("negative", "negprompt", "negativeprompts"),
          "id", List.of("ids"),
          "seed", List.of("seeds"),
          "phrases", List.of("phrase"),
          "bboxes", List.of("bbox", "box", "boxes", "boundingbox", "boundingboxes"),
          "token_indices", List.of("tokenindex", "tokenindexes"));

  /** The length of the shortest name that may differ by a letter; seed is too close to feed. */
  private static final int FEWEST_LETTERS = 6;

  private ColumnSpelling() {}

  /**
   * Finds the columns whose names are almost those of our columns that the table lacks.
   *
   * @param columns the names of all columns
   * @return our names by theirs, in order
   */
  private static Map<String, String> findNearMisses(Collection<String> columns) {
    Map<String, String> found = new LinkedHashMap<>();
    for (String column : columns) {
      if (!PromptSchema.isPromptColumn(column)) {
        findMeant(column)
            .filter(ours -> !columns.contains(ours))
            .ifPresent(o -> found.put(column, o));
      }
    }
    return found;
  }

  /**
   * Describes the columns whose names are almost those of our columns that the table lacks.
   *
   * @param columns the names of all columns
   * @return a sentence for each such column, by its name
   * @throws IllegalArgumentException with the sentence, if the layout is lost without the column
   */
  static Map<String, String> check(Collection<String> columns) {
    Map<String, String> warnings = new LinkedHashMap<>();
    findNearMisses(columns)
        .forEach(
            (column, ours) -> {
              String warning =
                  "column %s is not read; did you mean %s? Rename it to that, or to something less like it"
                      .formatted(Printable.name(column), ours);
              if (isLayoutLost(columns, ours)) {
                throw new IllegalArgumentException("Invalid columns: " + warning);
              }
              warnings.put(column, warning);
            });
    return warnings;
  }

  /** Returns whether the layout is lost without a column; phrases can replace token indices. */
  private static boolean isLayoutLost(Collection<String> columns, String missing) {
    return switch (missing) {
      case "bboxes" -> true;
      case "phrases", "token_indices" ->
          !columns.contains("phrases") && !columns.contains("token_indices");
      default -> false;
    };
  }

  /** Finds our column that a name almost matches, if there is one. */
  private static Optional<String> findMeant(String column) {
    String letters = keepLetters(column);
    return OTHER_NAMES.entrySet().stream()
        .filter(
            ours ->
                letters.equals(keepLetters(ours.getKey()))
                    || ours.getValue().contains(letters)
                    || isAlmost(letters, keepLetters(ours.getKey())))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static String keepLetters(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
  }

  /** Returns whether exactly one letter is missing, added or different. */
  private static boolean isAlmost(String name, String ours) {
    return ours.length() >= FEWEST_LETTERS
        && UTF8String.fromString(name).levenshteinDistance(UTF8String.fromString(ours)) == 1;
  }
}
