package io.boxwright.udf.executor;

import java.util.Locale;

/** libtorch had no memory for a batch, on a GPU or on the CPU. */
public final class OutOfDeviceMemoryException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private OutOfDeviceMemoryException(RuntimeException reason) {
    super(reason);
  }

  /** What libtorch threw. */
  public RuntimeException reason() {
    return (RuntimeException) getCause();
  }

  /** The exception itself or, if it says that there is no memory, one of this class around it. */
  public static RuntimeException wrapIfSo(RuntimeException e) {
    return says(e) ? new OutOfDeviceMemoryException(e) : e;
  }

  /** Whether an exception of libtorch says that there is no memory. */
  public static boolean says(RuntimeException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("out of memory") || message.contains("can't allocate memory");
  }
}
