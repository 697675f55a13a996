package io.boxwright.udf.generate;

import ai.djl.Device;
import java.io.Serializable;

/**
 * The number of images that are made together: a number, or {@link #AUTO}.
 *
 * @param rows the number, 1 to 1024; 0 means AUTO
 */
public record BatchSize(int rows) implements Serializable {

  /**
   * The number that suits the device: {@value #ON_GPU} on a GPU, halved until the images fit into
   * its memory, and {@value #ON_CPU} on the CPU. A chunk with fewer images has smaller batches.
   */
  public static final BatchSize AUTO = new BatchSize(0);

  /** The largest number; no device is faster with more. */
  private static final int MOST = 1_024;

  // SD 1.5 at 512 pixels was 8 % faster with 64 rows than with 32 on an H100, and takes 28 GiB.
  private static final int ON_GPU = 64;
  private static final int ON_CPU = 8;

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException naming the number
   */
  public BatchSize {
    if (rows < 0) {
      throw new IllegalArgumentException("Invalid batch size: " + rows);
    }
    if (rows > MOST) {
      throw new IllegalArgumentException(
          "Invalid batch size: %d, the limit is %d".formatted(rows, MOST));
    }
  }

  /**
   * Creates a fixed size.
   *
   * @throws IllegalArgumentException if it is less than 1 or greater than 1024
   */
  public static BatchSize of(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException(
          "Invalid batch size: %d, it must be at least 1, or auto".formatted(rows));
    }
    return new BatchSize(rows);
  }

  /**
   * Reads a number or {@code auto}.
   *
   * @throws IllegalArgumentException if the text is neither or the number is out of range
   */
  public static BatchSize parse(String text) {
    if (text.equalsIgnoreCase("auto")) {
      return AUTO;
    }
    try {
      return of(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Invalid batch size: %s, it must be a number or auto".formatted(text), e);
    }
  }

  /** Returns the most images that are made together on a device, if its memory allows it. */
  public int mostOn(Device device) {
    return isAuto() ? (device.isGpu() ? ON_GPU : ON_CPU) : rows;
  }

  /** Returns the most images that are made together on any device. */
  public int most() {
    return isAuto() ? ON_GPU : rows;
  }

  boolean isAuto() {
    return rows == 0;
  }

  @Override
  public String toString() {
    return isAuto() ? "auto" : Integer.toString(rows);
  }
}
