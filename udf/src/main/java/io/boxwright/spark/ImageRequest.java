package io.boxwright.spark;

import org.apache.spark.sql.Row;

/**
 * One image to make, that is one row of the image table.
 *
 * @param row the row of the prompt table
 * @param prompt what stands in it
 * @param imageIndex which of its images, from 0
 */
record ImageRequest(Row row, PromptRow prompt, int imageIndex) {

  /** What the image's noise is made from: the row's seed, counted up. */
  long seed() {
    return prompt.seed() + imageIndex;
  }

  /** The next image of the same row. */
  ImageRequest next() {
    return new ImageRequest(row, prompt, imageIndex + 1);
  }
}
