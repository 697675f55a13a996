package io.boxwright.spark;

import java.util.Locale;

/** libtorch had no memory for a batch, on a GPU or on the CPU. */
final class OutOfDeviceMemoryException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private OutOfDeviceMemoryException(RuntimeException reason) {
    super(reason);
  }

  /** What libtorch threw. */
  RuntimeException reason() {
    return (RuntimeException) getCause();
  }

  /** The exception itself or, if it says that there is no memory, one of this class around it. */
  static RuntimeException wrapIfSo(RuntimeException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    boolean outOfMemory =
        message.contains("out of memory") || message.contains("can't allocate memory");
    return outOfMemory ? new OutOfDeviceMemoryException(e) : e;
  }
}
