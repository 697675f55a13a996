package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import java.util.function.Supplier;

/**
 * The features that most layers of a {@link Denoiser} compute, kept from one pass for later ones
 * ("DeepCache: Accelerating Diffusion Models for Free", Ma, Fang and Wang, 2024, section 3). A pass
 * with an empty cache runs all layers and fills it. A pass with a full one skips those that compute
 * the features.
 *
 * <p>Not thread-safe.
 */
public final class FeatureCache implements AutoCloseable {

  private NDArray features; // null while the cache is empty

  /** Returns whether there are no features, so that the next pass runs all layers. */
  boolean isEmpty() {
    return features == null;
  }

  /**
   * Returns the features, (B or 2B, C, h, w), which belong to the cache.
   *
   * @param layers the layers that compute the features; they run if the cache is empty
   */
  NDArray get(Supplier<NDArray> layers) {
    if (isEmpty()) {
      fill(layers.get());
    }
    return features;
  }

  /** Returns the features, which stay the cache's, (B or 2B, C, h, w), or null if it is empty. */
  NDArray features() {
    return features;
  }

  /**
   * Takes the features of a pass, (B or 2B, C, h, w), and their ownership; the cache must be empty.
   */
  void fill(NDArray featuresOfPass) {
    features = ArrayScope.release(featuresOfPass);
  }

  /** Makes the next pass run all layers. */
  public void clear() {
    if (!isEmpty()) {
      features.close();
      features = null;
    }
  }

  @Override
  public void close() {
    clear();
  }
}
