package io.boxwright.djl;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.util.passthrough.PassthroughNDManager;
import io.boxwright.torch.LibTorch;

/**
 * An engine whose models are layout-guided pipelines. Requests and images go through it as they
 * are; DJL's PyTorch engine does the work.
 */
public final class BoxwrightEngine extends Engine {

  /** The name, for {@code Criteria.optEngine} and {@code serving.properties}. */
  public static final String NAME = "Boxwright";

  /** A rank behind those of DJL's engines, so that none of them loses its place as the default. */
  static final int RANK = 100;

  BoxwrightEngine() {}

  @Override
  public Engine getAlternativeEngine() {
    return null;
  }

  @Override
  public String getEngineName() {
    return NAME;
  }

  @Override
  public int getRank() {
    return RANK;
  }

  /** Returns the version of PyTorch. */
  @Override
  public String getVersion() {
    return LibTorch.engine().getVersion();
  }

  @Override
  public boolean hasCapability(String capability) {
    return LibTorch.engine().hasCapability(capability);
  }

  @Override
  public Device defaultDevice() {
    return LibTorch.engine().defaultDevice();
  }

  @Override
  public int getGpuCount() {
    return LibTorch.engine().getGpuCount();
  }

  @Override
  public Model newModel(String name, Device device) {
    return new LayoutGuidanceModel(name, newBaseManager(device));
  }

  @Override
  public NDManager newBaseManager() {
    return newBaseManager(null);
  }

  /**
   * Makes a manager that holds requests and images.
   *
   * @param device the device; null for the default one
   */
  @Override
  public NDManager newBaseManager(Device device) {
    return new PassthroughNDManager(this, device);
  }
}
