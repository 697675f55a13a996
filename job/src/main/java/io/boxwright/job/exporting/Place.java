package io.boxwright.job.exporting;

import java.io.Serializable;
import java.util.Comparator;

/**
 * The place of an image in a dataset: by split, run, file, id and number.
 *
 * @param split the number of the split
 * @param run the number of the run, from 1
 * @param file the name of the file of the image table
 * @param id the id of the prompt's row
 * @param imageIndex the number of the image among those of its row
 */
record Place(int split, int run, String file, String id, int imageIndex)
    implements Comparable<Place>, Serializable {

  private static final Comparator<Place> ORDER =
      Comparator.comparingInt(Place::split)
          .thenComparingInt(Place::run)
          .thenComparing(Place::file)
          .thenComparing(Place::id)
          .thenComparingInt(Place::imageIndex);

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }
}
