package io.boxwright.job.exporting;

import java.util.List;

/**
 * An image of a dataset: a line of the selection.
 *
 * @param number its number in the dataset, from 1
 * @param split the name of its split
 * @param run the number of its run, from 1
 * @param file the name of the file of the run's image table
 * @param id the id of the prompt's row
 * @param imageIndex the number of the image among those of its row
 * @param prompt the prompt
 * @param seed the seed of its noise
 * @param width the width in pixels
 * @param height the height in pixels
 * @param name the name of its file, safe and unique in the dataset
 * @param boxes its boxes
 */
record SelectedImage(
    int number,
    String split,
    int run,
    String file,
    String id,
    int imageIndex,
    String prompt,
    long seed,
    int width,
    int height,
    String name,
    List<ClassBox> boxes) {

  /** Returns the name without its ending. */
  String stem() {
    return name.replaceFirst("\\.[^.]*$", "");
  }
}
