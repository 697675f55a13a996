package io.boxwright.udf.table;

import java.util.List;
import org.apache.spark.sql.Row;

/**
 * A request for one image, which is one row of the image table.
 *
 * @param row the row of the prompt table
 * @param prompt the content of the row
 * @param imageIndex the number of the image in its row, from 0
 * @param images the number of images of the row
 * @param seeding the generators of the noise of the row's images
 * @param only the numbers of the row's images that are wanted; null means all
 */
public record ImageRequest(
    Row row, PromptRow prompt, int imageIndex, int images, Seeding seeding, List<Integer> only) {

  /** Returns whether the image is wanted; otherwise it only keeps its place in the batch. */
  public boolean wanted() {
    return only == null || only.contains(imageIndex);
  }

  /** Returns the seed of the image's noise. */
  public long seed() {
    return seeding.seed(prompt.values().seed(), imageIndex);
  }

  /** Returns whether the row has another image after this. */
  public boolean hasNext() {
    return imageIndex < images - 1;
  }

  /** Returns the request for the next image of the same row. */
  public ImageRequest next() {
    return new ImageRequest(row, prompt, imageIndex + 1, images, seeding, only);
  }
}
