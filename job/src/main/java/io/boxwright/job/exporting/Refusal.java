package io.boxwright.job.exporting;

/** The filters of an export, in the order in which they look at an image. */
public enum Refusal {
  /** Its row has the status error. */
  ERROR("not made"),
  /** The condition is not true. */
  WHERE("refused by --where"),
  /** The evaluation has no detections of it. */
  NOT_EVALUATED("not evaluated"),
  /** There is no box, and such images are dropped. */
  NO_BOXES("without boxes"),
  /** It looks like another image of its prompt. */
  DUPLICATE("near duplicates of another image of their prompt"),
  /** Other images of its prompt are better. */
  NOT_BEST("not among the best of their prompt"),
  /** A class of its boxes has as many boxes as it may have. */
  CLASS_FULL("with a class that has --max-per-class boxes");

  private final String text;

  Refusal(String text) {
    this.text = text;
  }

  /** Returns the words after the number of refused images, such as {@code not made}. */
  public String text() {
    return text;
  }
}
