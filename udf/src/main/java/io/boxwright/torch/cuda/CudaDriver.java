package io.boxwright.torch.cuda;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;

/** The functions of the CUDA driver that this package calls. */
final class CudaDriver {

  private static final String LIBRARY =
      System.getProperty("os.name").startsWith("Windows") ? "nvcuda" : "libcuda.so.1";

  static {
    Native.register(CudaDriver.class, NativeLibrary.getInstance(LIBRARY));
  }

  private CudaDriver() {}

  static native int cuInit(int flags);

  static native int cuDeviceGet(IntByReference device, int ordinal);

  static native int cuDeviceGetAttribute(IntByReference value, int attribute, int device);

  static native int cuDevicePrimaryCtxRetain(LongByReference context, int device);

  static native int cuCtxPushCurrent_v2(long context);

  static native int cuCtxPopCurrent_v2(LongByReference context);

  static native int cuModuleLoadData(LongByReference module, byte[] image);

  static native int cuModuleGetFunction(LongByReference function, long module, String name);

  static native int cuLaunchKernel(
      long function,
      int gridX,
      int gridY,
      int gridZ,
      int blockX,
      int blockY,
      int blockZ,
      int sharedBytes,
      long stream,
      long parameters,
      long extra);

  static native int cuStreamCreate(LongByReference stream, int flags);

  static native int cuStreamSynchronize(long stream);

  static native int cuStreamBeginCapture_v2(long stream, int mode);

  static native int cuStreamEndCapture(long stream, LongByReference graph);

  static native int cuGraphInstantiateWithFlags(LongByReference executable, long graph, long flags);

  static native int cuGraphLaunch(long executable, long stream);

  static native int cuGraphDestroy(long graph);

  static native int cuGraphExecDestroy(long executable);

  static native int cuDeviceGraphMemTrim(int device);

  /** Checks that there is such a GPU. */
  static void requireDevice(int ordinal) {
    check(cuInit(0), "start");
    check(cuDeviceGet(new IntByReference(), ordinal), "find GPU " + ordinal);
  }

  private static native int cuGetErrorString(int code, PointerByReference text);

  /**
   * Checks that a function succeeded.
   *
   * @param code the result of the function
   * @param what the action that was asked for, such as {@code launch group_norm}
   */
  static void check(int code, String what) {
    if (code != 0) {
      PointerByReference text = new PointerByReference();
      String reason =
          cuGetErrorString(code, text) == 0 ? text.getValue().getString(0) : "error " + code;
      throw new CudaException("CUDA cannot %s: %s".formatted(what, reason));
    }
  }
}
