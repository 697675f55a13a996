package io.boxwright.job.exporting;

import java.io.Serializable;
import java.util.List;

/**
 * An image after the filters that look at the images of one prompt.
 *
 * @param image the image
 * @param refusal the filter that refused it; null if none did
 * @param boxes its boxes; empty if it was refused
 * @param missing the phrases without a class
 */
record JudgedImage(Candidate image, Refusal refusal, List<ClassBox> boxes, List<String> missing)
    implements Serializable {

  Place place() {
    return image.place();
  }

  /** Returns this image as a refused one. */
  JudgedImage refuse(Refusal filter) {
    return new JudgedImage(image, filter, List.of(), List.of());
  }
}
