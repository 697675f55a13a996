package io.boxwright.udf.executor;

import java.util.Locale;

/** The error that libtorch had no memory for a batch, on a GPU or on the CPU. */
public final class OutOfDeviceMemoryException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private OutOfDeviceMemoryException(RuntimeException reason) {
    super(reason);
  }

  /** Returns the exception that libtorch threw. */
  public RuntimeException reason() {
    return (RuntimeException) getCause();
  }

  /**
   * Returns the exception itself or, if it says that there is no memory, an exception of this class
   * around it.
   */
  public static RuntimeException wrapIfSo(RuntimeException e) {
    return says(e) ? new OutOfDeviceMemoryException(e) : e;
  }

  /** Returns whether an exception of libtorch says that there is no memory. */
  public static boolean says(RuntimeException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("out of memory") || message.contains("can't allocate memory");
  }
}
