package io.boxwright.diffusion.scores;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A named group of numbers about an image, some of them for each of its objects.
 *
 * <p>Values are named by paths: the names of the structs that they are in and their own, with dots
 * between, such as {@code guided.lift}.
 *
 * @param name of the group's column in the image table, such as {@code detection}
 * @param title of the table that shows people the means
 * @param imageNumbers paths in that column
 * @param objectNumbers paths in an object, different from those of all other groups
 * @param objectBoxes paths in an object, as {@code objectNumbers}; they come after those
 * @param compared the numbers of the image that are shown where two runs are compared
 * @param caption the number of the image that is shown below its picture, if any is
 */
public record ScoreGroup(
    String name,
    String title,
    List<String> imageNumbers,
    List<String> objectNumbers,
    List<String> objectBoxes,
    List<ScoreLabel> compared,
    Optional<ScoreLabel> caption) {

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException naming a label whose path is none of {@code imageNumbers}
   */
  public ScoreGroup {
    imageNumbers = List.copyOf(imageNumbers);
    objectNumbers = List.copyOf(objectNumbers);
    objectBoxes = List.copyOf(objectBoxes);
    compared = List.copyOf(compared);
    for (ScoreLabel label : Stream.concat(compared.stream(), caption.stream()).toList()) {
      if (!imageNumbers.contains(label.path())) {
        throw new IllegalArgumentException(
            "Invalid label of scores %s: %s is none of %s"
                .formatted(name, label.path(), imageNumbers));
      }
    }
  }
}
