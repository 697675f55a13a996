package io.boxwright.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Utils;
import io.boxwright.files.NativeLibraries;

/**
 * DJL's PyTorch engine, loaded by the first use of this class; before that, {@code
 * ai.djl.pytorch.jni} cannot be called.
 */
public final class LibTorch {

  private static final String NAME = "PyTorch";

  static {
    optOutOfTracking();
    startEngine();
  }

  private LibTorch() {}

  /** Stops DJL from asking a cloud service about its environment when an engine starts. */
  private static void optOutOfTracking() {
    if (Utils.getEnvOrSystemProperty("OPT_OUT_TRACKING") == null) {
      System.setProperty("OPT_OUT_TRACKING", "true");
    }
  }

  /** Starts the engine under a lock, because DJL fails if another process is unpacking a file. */
  private static void startEngine() {
    NativeLibraries.load(NativeLibraries.PYTORCH, () -> Engine.getEngine(NAME));
  }

  /** Loads the engine, if it is not loaded yet. */
  public static void load() {}

  /** Returns the engine, which is loaded by then. */
  public static Engine engine() {
    return Engine.getEngine(NAME);
  }

  /**
   * Makes a manager of arrays on a device.
   *
   * @return a manager that the caller closes
   */
  public static NDManager newManager(Device device) {
    return NDManager.newBaseManager(device, NAME);
  }

  /** Returns memory that libtorch keeps for later to a GPU; does nothing for other devices. */
  public static void emptyCache(Device device) {
    if (device.isGpu()) {
      JniUtils.emptyCudaCache();
    }
  }

  /** Waits until a GPU has done all work of this thread; does nothing for other devices. */
  public static void synchronize(Device device) {
    if (device.isGpu()) {
      try (NDManager manager = newManager(device);
          ArrayScope scope = new ArrayScope()) {
        scope.suppressNotUsedWarning();
        manager.ones(new Shape(1)).toFloatArray(); // runs after all earlier work
      }
    }
  }

  /** Sets the number of threads that an operation on the CPU is spread over. */
  public static void setNumThreads(int threads) {
    JniUtils.setNumThreads(threads);
  }
}
