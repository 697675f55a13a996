package io.boxwright.job.page;

import java.util.Comparator;
import java.util.List;

/**
 * The numbers of all images of a run, ordered by their keys.
 *
 * @param run the place of the run on the page, from 0
 * @param images the images of the finished chunks
 */
public record RunNumbers(int run, List<ImageNumbers> images) {

  /** Sorts the images. */
  public RunNumbers {
    images = images.stream().sorted(Comparator.comparing(ImageNumbers::key)).toList();
  }
}
