package io.boxwright.job.page;

import java.util.ArrayList;
import java.util.List;

/** Makes numbers of images for tests. */
final class Numbers {

  private Numbers() {}

  /** An image of a category with a mean IoU and one object that has it; null for none. */
  static ImageNumbers image(String id, String category, Double iou) {
    return new ImageNumbers(
        new ImageKey(id, 0, "a prompt"),
        "file",
        category,
        true,
        null,
        null,
        iou,
        null,
        List.of(new ObjectNumbers(null, null, null, iou)));
  }

  /** An image without a layout that a benchmark judges. */
  static ImageNumbers judged(String id, boolean right) {
    return new ImageNumbers(
        new ImageKey(id, 0, "a prompt"), "file", null, true, null, null, null, right, List.of());
  }

  /** A run whose images are named 000, 001 and so on, and have these IoU. */
  static RunNumbers run(int run, double... ious) {
    List<ImageNumbers> images = new ArrayList<>();
    for (int i = 0; i < ious.length; i++) {
      images.add(image("%03d".formatted(i), null, ious[i]));
    }
    return new RunNumbers(run, images);
  }
}
