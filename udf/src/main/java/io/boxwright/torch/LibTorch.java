package io.boxwright.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.Utils;
import io.boxwright.files.NativeLibraries;

/**
 * DJL's PyTorch engine, loaded by the first use of this class; before that, nothing of {@code
 * ai.djl.pytorch.jni} can be called.
 */
public final class LibTorch {

  private static final String NAME = "PyTorch";

  static {
    optOutOfTracking();
    startEngine();
  }

  private LibTorch() {}

  /** DJL asks a cloud's address who it runs for when an engine starts; the job asks nobody. */
  private static void optOutOfTracking() {
    if (Utils.getEnvOrSystemProperty("OPT_OUT_TRACKING") == null) {
      System.setProperty("OPT_OUT_TRACKING", "true");
    }
  }

  /** DJL fails where it finds a file of another process that is being unpacked. */
  private static void startEngine() {
    NativeLibraries.load(NativeLibraries.PYTORCH, () -> Engine.getEngine(NAME));
  }

  /** Loads the engine, if nothing has yet. */
  public static void load() {}

  /**
   * A manager of arrays on a device.
   *
   * @return a manager that the caller closes
   */
  public static NDManager newManager(Device device) {
    return NDManager.newBaseManager(device, NAME);
  }

  /** Gives memory that libtorch keeps for later back to a GPU; does nothing for other devices. */
  public static void emptyCache(Device device) {
    if (device.isGpu()) {
      JniUtils.emptyCudaCache();
    }
  }

  /** Waits until a GPU has done all that this thread gave it; does nothing for other devices. */
  public static void synchronize(Device device) {
    if (device.isGpu()) {
      try (NDManager manager = newManager(device);
          ArrayScope scope = new ArrayScope()) {
        scope.suppressNotUsedWarning();
        manager.ones(new Shape(1)).toFloatArray(); // comes after all before it
      }
    }
  }

  /** How many threads an operation on the CPU is spread over. */
  public static void setNumThreads(int threads) {
    JniUtils.setNumThreads(threads);
  }
}
