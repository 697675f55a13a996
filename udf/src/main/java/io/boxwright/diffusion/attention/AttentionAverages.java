package io.boxwright.diffusion.attention;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.models.attention.Attention;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.models.attention.MapSize;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Attention maps of the prompts, averaged over heads and denoising steps while the images are made.
 * Scores are computed from them. The maps stay on the device until they are read. A pass that takes
 * a layer's features from a cache adds no map of that layer.
 *
 * <p>It serves one run after another, always with the same arrays, so a GPU may record passes that
 * add to them. It sets the denoiser's attention processors. Not thread-safe.
 */
public final class AttentionAverages implements AutoCloseable {

  private final Denoiser denoiser;
  private final AttentionLayers layers;
  private final NDManager manager;
  private final Size size;
  private final AttentionProcessor averaging = new AveragingAttnProcessor(this);
  private final Map<String, Sum> sums = new LinkedHashMap<>(); // by path
  private boolean used; // in this run

  /**
   * The sum of an attention's maps. It counts on the device, because a GPU may repeat passes on its
   * own.
   *
   * @param maps the sum, (B, N, tokens)
   * @param passes the number of passes that added maps, (1)
   */
  private record Sum(NDArray maps, NDArray passes) {

    private void reset() {
      TorchKernels.zero(maps);
      TorchKernels.zero(passes);
    }
  }

  /**
   * The size of the maps.
   *
   * @param latents the shape of the latents, (B, C, h, w), which determine the number of rows and
   *     the sizes of the maps
   * @param tokens the number of first tokens of a prompt that have maps
   */
  public record Size(Shape latents, int tokens) {

    private int rows() {
      return (int) latents.get(0);
    }
  }

  /**
   * Makes averages without maps.
   *
   * @param denoiser the denoiser whose attention is averaged
   * @param parent the manager that owns the maps until these averages are closed
   * @param size the size of the maps
   */
  public AttentionAverages(Denoiser denoiser, NDManager parent, Size size) {
    this.denoiser = denoiser;
    this.layers = AttentionLayers.of(denoiser.attnProcessors().keySet());
    this.manager = parent.newSubManager();
    this.size = size;
  }

  /** Starts a run: forgets all maps. */
  public void restart() {
    sums.values().forEach(Sum::reset);
    used = false;
  }

  /**
   * Makes the denoiser's next forward pass add the maps of the layers that are read. They are those
   * of the conditional rows, which are all rows of the pass or its second half.
   */
  public void beforePass() {
    Map<String, AttentionProcessor> processors = new HashMap<>(denoiser.attnProcessors());
    layers.all().forEach(path -> processors.put(path + ".processor", averaging));
    denoiser.setAttnProcessor(processors);
    used = true;
  }

  /**
   * Adds the maps of one attention, from its query (B or 2B, heads, N, C) and its key (B or 2B,
   * heads, T, C).
   */
  void add(Attention attention, NDArray query, NDArray key) {
    Sum sum = sums.computeIfAbsent(attention.path(), path -> makeSum(query.getShape().get(2)));
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      NDArray queries = AttentionKernels.lastRows(query, sum.maps()); // (B, heads, N, C/heads)
      NDArray keys = AttentionKernels.lastRows(key, sum.maps()); // (B, heads, T, C/heads)
      NDArray probabilities = Functional.attentionScores(queries, keys, attention.scale());
      AttentionKernels.addMeanOfHeads(sum.maps(), sum.passes(), probabilities);
    }
  }

  private Sum makeSum(long positions) {
    Shape shape = new Shape(size.rows(), positions, size.tokens()); // (B, N, tokens)
    return new Sum(
        ArrayScope.release(manager.zeros(shape)), ArrayScope.release(manager.zeros(new Shape(1))));
  }

  /** Fetches the averaged maps of each row from the device; none if no pass was averaged. */
  public List<RowMaps> rows() {
    Map<String, float[]> values = new LinkedHashMap<>();
    Map<String, Float> passes = new HashMap<>();
    (used ? sums : Map.<String, Sum>of())
        .forEach(
            (path, sum) -> {
              values.put(path, sum.maps().toFloatArray());
              passes.put(path, sum.passes().toFloatArray()[0]);
            });
    return IntStream.range(0, size.rows())
        .mapToObj(row -> new RowMaps(values, passes, row))
        .toList();
  }

  /** The averaged maps of one row. */
  public final class RowMaps {

    private final Map<String, float[]> values; // B * N * tokens by path
    private final Map<String, Float> passes; // by path
    private final int row;

    private RowMaps(Map<String, float[]> values, Map<String, Float> passes, int row) {
      this.values = values;
      this.passes = passes;
      this.row = row;
    }

    /** Returns the maps of one token of the prompt in the layers that the guidance reads. */
    public List<TokenMap> guided(int token) {
      return layers.guided().stream().map(path -> averageMap(path, token)).toList();
    }

    /** Returns the maps of one token of the prompt in layers that the guidance does not read. */
    public List<TokenMap> heldOut(int token) {
      return layers.heldOut().stream().map(path -> averageMap(path, token)).toList();
    }

    /** Returns the maps of one token of the prompt in all these layers. */
    public List<TokenMap> all(int token) {
      return layers.all().stream().map(path -> averageMap(path, token)).toList();
    }

    private TokenMap averageMap(String path, int token) {
      float[] all = values.get(path);
      MapSize mapSize = denoiser.mapSize(path, size.latents());
      float[] column = new float[mapSize.positions()]; // N
      int first = row * column.length * size.tokens() + token;
      for (int cell = 0; cell < column.length; cell++) {
        column[cell] = all[first + cell * size.tokens()] / passes.get(path);
      }
      return new TokenMap(path, mapSize, column);
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
