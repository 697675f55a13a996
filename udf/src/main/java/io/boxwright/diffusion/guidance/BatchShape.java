package io.boxwright.diffusion.guidance;

import ai.djl.Device;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Whether the shape of a batch depends on what is in it. Kernels of another shape add in another
 * order, so the last digits of a row, and some of its pixels by one, depend on the shape.
 */
public enum BatchShape {
  /**
   * No: all rows stay in every pass, whether they need it or not. At its place in the batch a row
   * gives the same bytes in any company. At another place it may not: where several threads share
   * an operation, their parts can end within a row.
   */
  FIXED,
  /**
   * Yes: rows leave the guided passes as soon as they are finished, eight at a time on a GPU.
   * Faster where passes are long: their launches alone take a GPU's host tens of milliseconds.
   */
  SHRINKING;

  /**
   * For each number of rows, a GPU's first pass takes much longer: libtorch plans all attentions
   * and convolutions for it.
   */
  private static final int ROWS_ON_GPU = 8;

  /**
   * The rows of a guided pass.
   *
   * @param unfinished those that it is to move, in order
   * @param batchRows how many the batch has
   * @param device where it runs
   * @return these and, where the shape asks for it, finished ones, which are not moved; in order
   */
  int[] passRows(int[] unfinished, int batchRows, Device device) {
    if (this == FIXED) {
      return IntStream.range(0, batchRows).toArray();
    }
    return device.isGpu() ? filledUp(unfinished, batchRows) : unfinished;
  }

  /** With as many others as make a multiple of {@link #ROWS_ON_GPU}, or the whole batch. */
  private static int[] filledUp(int[] rows, int batchRows) {
    BitSet filled = new BitSet();
    Arrays.stream(rows).forEach(filled::set);
    int multiple = (rows.length + ROWS_ON_GPU - 1) / ROWS_ON_GPU * ROWS_ON_GPU;
    for (int count = rows.length; count < Math.min(multiple, batchRows); count++) {
      filled.set(filled.nextClearBit(0));
    }
    return filled.stream().toArray();
  }
}
