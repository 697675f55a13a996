package io.boxwright.diffusion.loading;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * The place of one tensor in a safetensors file.
 *
 * @param file the file
 * @param type the type of its numbers in the file
 * @param shape the shape as stored
 * @param position the position of its first byte in the file
 */
record SafeTensor(Path file, SafeTensorType type, long[] shape, long position) {

  /**
   * Returns a 1x1 convolution's weight (out, in, 1, 1) as the matrix (out, in), others as they are.
   */
  SafeTensor convolutionAsMatrix() {
    boolean convolution = shape.length == 4 && shape[2] == 1 && shape[3] == 1;
    return convolution ? new SafeTensor(file, type, Arrays.copyOf(shape, 2), position) : this;
  }

  /**
   * Returns the place of some rows, which are the entries along the first axis.
   *
   * @param start the first row
   * @param count the number of rows
   */
  SafeTensor rows(long start, long count) {
    long[] part = shape.clone();
    part[0] = 1;
    long rowBytes = new SafeTensor(file, type, part, position).byteCount();
    part[0] = count;
    return new SafeTensor(file, type, part, position + start * rowBytes);
  }

  /** Returns the position in the file after its last byte. */
  long end() {
    return position + byteCount();
  }

  /** Returns the number of its bytes in the file. */
  long byteCount() {
    return Arrays.stream(shape).reduce(type.byteCount(), Math::multiplyExact);
  }
}
