package io.boxwright.job.page;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The images that a page shows, those of all runs next to each other.
 *
 * @param score the key of the score that the images were chosen by; null if there is none
 * @param detections where the detected boxes are from, in words; null if there are none
 * @param images the number of images that were made in any run, shown or not
 * @param unscored the images that are not shown because they have no score
 * @param cards the images in the order of their keys
 * @param leftOut the number of chosen images that are left out, because the page would be too large
 */
public record Gallery(
    String score, String detections, int images, Unscored unscored, List<Card> cards, int leftOut) {

  /** Copies the list. */
  public Gallery {
    cards = List.copyOf(cards);
  }

  /**
   * The numbers of images without the score that images are chosen by.
   *
   * @param withoutBoxes the number of images without boxes
   * @param notMeasured the number of images with boxes
   */
  public record Unscored(int withoutBoxes, int notMeasured) {}

  /**
   * An image in all runs.
   *
   * @param anchor the name that links within the page lead to, different for each card
   * @param id the id of the prompt's row
   * @param imageIndex the number of the image among those of its prompt, from 0
   * @param prompt the prompt
   * @param category the category of the prompt; null if it has none
   * @param groups why the image is here: {@code best}, {@code worst}, {@code changed}, {@code
   *     first}; or {@code unscored}: all images are here, and this one has no score
   * @param bestOf the runs in which it is one of the best
   * @param worstOf the runs in which it is one of the worst
   * @param change the largest difference of a run's score to that of the first run; null without
   * @param pictures the image in each run that has it
   */
  public record Card(
      String anchor,
      String id,
      int imageIndex,
      String prompt,
      String category,
      Set<String> groups,
      List<Integer> bestOf,
      List<Integer> worstOf,
      Double change,
      List<Picture> pictures) {

    /** Copies the collections. */
    public Card {
      groups = new TreeSet<>(groups);
      bestOf = List.copyOf(bestOf);
      worstOf = List.copyOf(worstOf);
      pictures = List.copyOf(pictures);
    }
  }

  /**
   * An image of a run.
   *
   * @param run the place of the run on the page
   * @param score the score that images are chosen by; null if the image has none
   * @param right whether the benchmark of the evaluation calls the image right; null if unknown
   * @param error why there is no image; null if there is one
   * @param jpeg the bytes of a small copy; null if there is no image
   * @param width the width of the copy in pixels, 0 if there is no image
   * @param height the height of the copy in pixels, 0 if there is no image
   * @param objects the objects of the layout
   * @param moreObjects the number of objects that are not listed
   * @param detections what an evaluation found in an image without a layout, the surest first
   */
  public record Picture(
      int run,
      Double score,
      Boolean right,
      String error,
      byte[] jpeg,
      int width,
      int height,
      List<ShownObject> objects,
      int moreObjects,
      List<ShownDetection> detections) {

    /** Copies the lists. */
    public Picture {
      objects = List.copyOf(objects);
      detections = List.copyOf(detections);
    }
  }

  /**
   * An object of a layout in an image.
   *
   * @param label the words
   * @param boxes the asked-for boxes: x_min, y_min, x_max, y_max, each 0..1
   * @param detected the detected box, 0..1; null if nothing was found
   * @param confidence the detector's score of that box, 0..1; null if nothing was found
   * @param inBoxMass the share of attention in the boxes, 0..1; null if it is not known
   * @param iou the intersection over union of asked-for and detected box, 0..1; null if not known
   * @param heat the map of its attention as PNG, whose opacity is the attention; null without
   */
  public record ShownObject(
      String label,
      List<List<Double>> boxes,
      List<Double> detected,
      Double confidence,
      Double inBoxMass,
      Double iou,
      byte[] heat) {

    /** Copies the list. */
    public ShownObject {
      boxes = List.copyOf(boxes);
    }
  }

  /**
   * A detection in an image without a layout.
   *
   * @param label what was looked for
   * @param box its box: x_min, y_min, x_max, y_max, each 0..1
   * @param confidence the detector's score, 0..1
   */
  public record ShownDetection(String label, List<Double> box, double confidence) {

    /** Copies the list. */
    public ShownDetection {
      box = List.copyOf(box);
    }
  }
}
