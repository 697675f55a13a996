package io.boxwright.job.page;

import java.util.Comparator;
import java.util.Objects;

/**
 * The name of an image, equal for the images of several runs that were made from the same prompt.
 *
 * @param id the id of the prompt's row
 * @param imageIndex the number of the image among those of its prompt, from 0
 * @param prompt the prompt, because other tables may give its id to another one
 */
public record ImageKey(String id, int imageIndex, String prompt) implements Comparable<ImageKey> {

  private static final Comparator<ImageKey> ORDER =
      Comparator.comparing(ImageKey::id)
          .thenComparingInt(ImageKey::imageIndex)
          .thenComparing(ImageKey::prompt);

  /** Refuses a missing id or prompt. */
  public ImageKey {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(prompt, "prompt");
  }

  @Override
  public int compareTo(ImageKey other) {
    return ORDER.compare(this, other);
  }
}
