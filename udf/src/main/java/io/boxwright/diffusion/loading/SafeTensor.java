package io.boxwright.diffusion.loading;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * Where one tensor lies in a safetensors file.
 *
 * @param file the file
 * @param type of the numbers there
 * @param shape as stored
 * @param position of its first byte in the file
 */
record SafeTensor(Path file, SafeTensorType type, long[] shape, long position) {

  /** A 1x1 convolution's weight (out, in, 1, 1) as the matrix (out, in); others as they are. */
  SafeTensor convolutionAsMatrix() {
    boolean convolution = shape.length == 4 && shape[2] == 1 && shape[3] == 1;
    return convolution ? new SafeTensor(file, type, Arrays.copyOf(shape, 2), position) : this;
  }

  /** The byte of the file after its last one. */
  long end() {
    return position + byteCount();
  }

  /** Its bytes in the file. */
  long byteCount() {
    return Arrays.stream(shape).reduce(type.byteCount(), Math::multiplyExact);
  }
}
