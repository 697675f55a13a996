package io.boxwright.udf.table;

import java.util.List;
import org.apache.spark.sql.Row;

/**
 * One image to make, that is one row of the image table.
 *
 * @param row the row of the prompt table
 * @param prompt what stands in it
 * @param imageIndex which of its images, from 0
 * @param only which of the row's images are wanted; null: all
 */
public record ImageRequest(Row row, PromptRow prompt, int imageIndex, List<Integer> only) {

  /** Whether it is to be made; else it only keeps its place in the batch. */
  public boolean wanted() {
    return only == null || only.contains(imageIndex);
  }

  /** What the image's noise is made from: the row's seed, counted up. */
  public long seed() {
    return prompt.seed() + imageIndex;
  }

  /** The next image of the same row. */
  public ImageRequest next() {
    return new ImageRequest(row, prompt, imageIndex + 1, only);
  }
}
