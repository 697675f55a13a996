package io.boxwright.diffusion.attention;

import ai.djl.ndarray.NDArray;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The attention probabilities of one forward pass, by their place in the UNet, like the {@code
 * AttentionStore} of Prompt-to-Prompt and its successors. Owns the probabilities until {@link
 * #reset} or {@link #close}. Not thread-safe.
 */
public final class AttentionStore implements AutoCloseable {

  /** The parts of a UNet. */
  public enum Place {
    /** The down blocks. */
    DOWN,
    /** The mid block. */
    MID,
    /** The up blocks. */
    UP;

    /**
     * Returns the place of an attention.
     *
     * @param path the path of the attention, such as {@code
     *     mid_block.attentions.0.transformer_blocks.0.attn2}
     */
    public static Place of(String path) {
      return switch (path.substring(0, path.indexOf('_'))) {
        case "down" -> DOWN;
        case "mid" -> MID;
        case "up" -> UP;
        default -> throw new IllegalArgumentException("Not the path of an attention: " + path);
      };
    }
  }

  private final Map<Place, Map<String, NDArray>> stored = new EnumMap<>(Place.class);

  /** Makes an empty store. */
  public AttentionStore() {
    for (Place place : Place.values()) {
      stored.put(place, new LinkedHashMap<>());
    }
  }

  /**
   * Stores the probabilities of one attention and takes ownership of them.
   *
   * @param path the path of the attention
   * @param probabilities the probabilities, (B, heads, N, T), in no {@link
   *     io.boxwright.torch.ArrayScope}
   * @throws IllegalStateException if the attention is stored already
   */
  public void store(String path, NDArray probabilities) {
    if (stored.get(Place.of(path)).putIfAbsent(path, probabilities) != null) {
      throw new IllegalStateException("Stored twice in one forward pass: " + path);
    }
  }

  /** Returns the probabilities by path, (B, heads, N, T) each, in the order of the forward pass. */
  public Map<String, NDArray> maps(Place place) {
    return Collections.unmodifiableMap(stored.get(place));
  }

  /**
   * Returns the probabilities of one attention, (B, heads, N, T).
   *
   * @throws IllegalStateException if they were not stored
   */
  public NDArray map(String path) {
    NDArray probabilities = stored.get(Place.of(path)).get(path);
    if (probabilities == null) {
      throw new IllegalStateException("Not stored in this forward pass: " + path);
    }
    return probabilities;
  }

  /** Frees all probabilities, so that the next forward pass can be stored. */
  public void reset() {
    for (Map<String, NDArray> maps : stored.values()) {
      maps.values().forEach(NDArray::close);
      maps.clear();
    }
  }

  @Override
  public void close() {
    reset();
  }
}
