package io.boxwright.diffusion.attention;

import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.models.Denoiser;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The averages of a denoiser's last runs. Runs of the same size use the same averages one after
 * another, so recordings of their passes can be used again. Not thread-safe.
 */
public final class AttentionAveragesCache {

  private static final int MOST_SIZES = 4;

  private final Denoiser denoiser;
  private final NDManager manager;
  private final Map<AttentionAverages.Size, AttentionAverages> averages =
      new LinkedHashMap<>(16, 0.75f, true); // the one used last comes last

  /**
   * Makes an empty cache.
   *
   * @param manager the manager that owns the maps
   */
  public AttentionAveragesCache(Denoiser denoiser, NDManager manager) {
    this.denoiser = denoiser;
    this.manager = manager;
  }

  /** Returns averages without maps, which serve one run. */
  public AttentionAverages start(AttentionAverages.Size size) {
    AttentionAverages ofSize =
        averages.computeIfAbsent(size, key -> new AttentionAverages(denoiser, manager, key));
    closeOldest();
    ofSize.restart();
    return ofSize;
  }

  private void closeOldest() {
    if (averages.size() > MOST_SIZES) {
      Iterator<AttentionAverages> oldest = averages.values().iterator();
      oldest.next().close();
      oldest.remove();
    }
  }
}
