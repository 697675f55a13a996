package io.boxwright.diffusion.scores;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A named group of numbers about an image, some of them for each of its objects.
 *
 * <p>Values are named by paths: the names of the structs that they are in and their own names,
 * joined by dots, such as {@code guided.lift}.
 *
 * @param name the name of the group's column in the image table, such as {@code detection}
 * @param title the title of the table that shows people the means
 * @param imageNumbers the paths of numbers in that column
 * @param structs the words that people use for the structs of these paths; other structs go by
 *     their names
 * @param objectNumbers the paths of numbers in an object, different from those of all other groups
 * @param objectBoxes the paths of boxes in an object, also different; they come after the numbers
 * @param compared the numbers of the image that a comparison of two runs shows
 * @param caption the number that is shown below the image, if any
 */
public record ScoreGroup(
    String name,
    String title,
    List<String> imageNumbers,
    List<ScoreLabel> structs,
    List<String> objectNumbers,
    List<String> objectBoxes,
    List<ScoreLabel> compared,
    Optional<ScoreLabel> caption) {

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException naming a label whose number or struct is not in {@code
   *     imageNumbers}
   */
  public ScoreGroup {
    imageNumbers = List.copyOf(imageNumbers);
    structs = List.copyOf(structs);
    objectNumbers = List.copyOf(objectNumbers);
    objectBoxes = List.copyOf(objectBoxes);
    compared = List.copyOf(compared);
    for (ScoreLabel label : structs) {
      String start = label.path() + ".";
      if (imageNumbers.stream().noneMatch(path -> path.startsWith(start))) {
        throw invalid(name, label, imageNumbers);
      }
    }
    for (ScoreLabel label : Stream.concat(compared.stream(), caption.stream()).toList()) {
      if (!imageNumbers.contains(label.path())) {
        throw invalid(name, label, imageNumbers);
      }
    }
  }

  private static IllegalArgumentException invalid(
      String name, ScoreLabel label, List<String> imageNumbers) {
    return new IllegalArgumentException(
        "Invalid label of scores %s: %s is not one of %s"
            .formatted(name, label.path(), imageNumbers));
  }
}
