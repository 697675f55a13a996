package io.boxwright.diffusion.guidance;

import ai.djl.Device;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * The rule for whether the shape of a batch depends on its rows. Kernels for another shape add in
 * another order, so the last digits of a row depend on the shape, and some of its pixels differ by
 * one.
 */
public enum BatchShape {
  /**
   * The shape is fixed: all rows stay in every pass, whether they need it or not. At the same place
   * in the batch, a row gives the same bytes whatever the other rows are. At another place it may
   * not, because threads that share an operation can divide it within a row.
   */
  FIXED,
  /**
   * The batch shrinks: rows leave the guided passes as soon as they are finished. On a GPU, large
   * batches shrink by eight rows at a time, and those of up to eight rows to 4, 2 and 1.
   */
  SHRINKING;

  /**
   * The step in which the number of a pass's rows changes on a GPU if the batch is larger. The
   * first pass with a new number of rows takes much longer, because libtorch plans all attentions
   * and convolutions for that number.
   */
  private static final int ROWS_ON_GPU = 8;

  /**
   * Selects the rows of a guided pass.
   *
   * @param unfinished the rows that the pass moves, in order
   * @param batchRows the number of rows of the batch
   * @param device the device that runs the pass
   * @return the unfinished rows and, where the shape requires them, finished rows, which are not
   *     moved; in order
   */
  int[] selectPassRows(int[] unfinished, int batchRows, Device device) {
    if (this == FIXED) {
      return IntStream.range(0, batchRows).toArray();
    }
    return device.isGpu() ? fillUp(unfinished, batchRows) : unfinished;
  }

  /** Adds other rows up to one of few numbers, or up to the whole batch. */
  private static int[] fillUp(int[] rows, int batchRows) {
    BitSet filled = new BitSet();
    Arrays.stream(rows).forEach(filled::set);
    int wanted =
        batchRows <= ROWS_ON_GPU ? roundUpToPowerOf2(rows.length) : roundUpToStep(rows.length);
    for (int count = rows.length; count < Math.min(wanted, batchRows); count++) {
      filled.set(filled.nextClearBit(0));
    }
    return filled.stream().toArray();
  }

  private static int roundUpToPowerOf2(int rows) {
    return rows < 2 ? rows : 2 * Integer.highestOneBit(rows - 1);
  }

  private static int roundUpToStep(int rows) {
    return (rows + ROWS_ON_GPU - 1) / ROWS_ON_GPU * ROWS_ON_GPU;
  }
}
