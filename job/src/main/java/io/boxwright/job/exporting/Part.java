package io.boxwright.job.exporting;

import java.io.Serializable;

/**
 * The images that a task writes: lines of the selection that follow each other.
 *
 * @param split the name of their split
 * @param number the number of the part in its split, from 0
 * @param offset the place of the first line in the file of the selection, in bytes
 * @param images the number of lines, at least 1
 */
public record Part(String split, int number, long offset, int images) implements Serializable {

  /** Returns the part's first images. */
  Part first(int count) {
    return new Part(split, number, offset, count);
  }
}
