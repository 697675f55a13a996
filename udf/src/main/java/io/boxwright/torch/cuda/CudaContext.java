package io.boxwright.torch.cuda;

import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;

/** The context that libtorch uses on one GPU. Lives as long as the process. Thread-safe. */
final class CudaContext {

  private final int ordinal;
  private final int device;
  private final long handle;

  /**
   * Finds a context.
   *
   * @param ordinal the number of the GPU
   * @throws CudaException if the driver knows no such GPU
   */
  CudaContext(int ordinal) {
    IntByReference found = new IntByReference();
    CudaDriver.check(CudaDriver.cuDeviceGet(found, ordinal), "find GPU " + ordinal);
    LongByReference context = new LongByReference();
    CudaDriver.check(
        CudaDriver.cuDevicePrimaryCtxRetain(context, found.getValue()), "use GPU " + ordinal);
    this.ordinal = ordinal;
    this.device = found.getValue();
    this.handle = context.getValue();
  }

  /** Returns the number of the GPU. */
  int ordinal() {
    return ordinal;
  }

  /** Returns a {@code CUdevice_attribute} of the GPU. */
  int attribute(int attribute) {
    IntByReference value = new IntByReference();
    CudaDriver.check(
        CudaDriver.cuDeviceGetAttribute(value, attribute, device), "tell what a GPU is");
    return value.getValue();
  }

  /** Frees the memory of destroyed graphs. */
  void trimGraphMemory() {
    run(() -> CudaDriver.check(CudaDriver.cuDeviceGraphMemTrim(device), "free graphs' memory"));
  }

  /** Runs an action in the context. */
  void run(Runnable action) {
    CudaDriver.check(CudaDriver.cuCtxPushCurrent_v2(handle), "enter libtorch's context");
    int left;
    try {
      action.run();
    } finally {
      left = CudaDriver.cuCtxPopCurrent_v2(new LongByReference());
    }
    CudaDriver.check(left, "leave libtorch's context"); // an error of the action comes first
  }
}
