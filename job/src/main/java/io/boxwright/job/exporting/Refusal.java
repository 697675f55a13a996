package io.boxwright.job.exporting;

/** The filters of an export, in the order in which they look at an image. */
public enum Refusal {
  /** Its row has the status error. */
  ERROR("was not made"),
  /** The condition is not true. */
  WHERE("does not fulfil --where"),
  /** The evaluation has no detections of it. */
  NOT_EVALUATED("was not evaluated"),
  /** There is no box, and such images are dropped. */
  NO_BOXES("has no boxes"),
  /** It looks like another image of its prompt. */
  DUPLICATE("looks like another image of its prompt"),
  /** Other images of its prompt are better. */
  NOT_BEST("is not among the best of its prompt"),
  /** A class of its boxes has as many boxes as it may have. */
  CLASS_FULL("has a class that is full");

  private final String text;

  Refusal(String text) {
    this.text = text;
  }

  /** Returns what is said of a refused image, such as {@code was not made}. */
  public String text() {
    return text;
  }
}
