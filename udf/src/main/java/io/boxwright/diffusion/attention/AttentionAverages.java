package io.boxwright.diffusion.attention;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.models.attention.Attention;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.models.attention.MapSizes;
import io.boxwright.torch.ArrayScope;
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
 * <p>Holds the state of one run and sets the denoiser's attention processors. Not thread-safe.
 */
public final class AttentionAverages implements AutoCloseable {

  private final Denoiser denoiser;
  private final AttentionLayers layers;
  private final NDManager manager;
  private final int rows;
  private final int tokens;
  private final MapSizes mapSizes;
  private final Map<String, NDArray> sums = new LinkedHashMap<>(); // (B, N, tokens) by path
  private final Map<String, Integer> passes = new HashMap<>(); // that added a map, by path

  /**
   * Starts a run.
   *
   * @param denoiser the denoiser whose attention is averaged
   * @param latents the latents of the run, (B, C, h, w), which determine the number of rows and the
   *     sizes of the maps
   * @param tokens the number of first tokens of a prompt that have maps
   */
  public AttentionAverages(Denoiser denoiser, NDArray latents, int tokens) {
    Shape shape = latents.getShape();
    this.denoiser = denoiser;
    this.layers = AttentionLayers.of(denoiser.attnProcessors().keySet());
    this.manager = latents.getManager().newSubManager();
    this.rows = (int) shape.get(0);
    this.tokens = tokens;
    this.mapSizes = denoiser.mapSizes(shape);
  }

  /**
   * Makes the denoiser's next forward pass add the maps of the layers that are read. They are those
   * of the conditional rows, which are all rows of the pass or its second half.
   */
  public void beforePass() {
    AttentionProcessor averaging = new AveragingAttnProcessor(this);
    Map<String, AttentionProcessor> processors = new HashMap<>(denoiser.attnProcessors());
    layers.all().forEach(path -> processors.put(path + ".processor", averaging));
    denoiser.setAttnProcessor(processors);
  }

  /**
   * Adds the maps of one attention, from its query (B or 2B, heads, N, C) and its key (B or 2B,
   * heads, T, C).
   */
  void add(Attention attention, NDArray query, NDArray key) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      String path = attention.path();
      Shape shape = new Shape(rows, query.getShape().get(2), tokens); // (B, N, tokens)
      NDArray sum = sums.containsKey(path) ? sums.get(path) : manager.zeros(shape);
      NDArray added = AttentionKernels.addMeanAttentionScores(sum, query, key, attention.scale());
      sums.put(path, ArrayScope.release(added));
      passes.merge(path, 1, Integer::sum);
      sum.close();
    }
  }

  /** Fetches the averaged maps of each row from the device. */
  public List<RowMaps> rows() {
    Map<String, float[]> values = new LinkedHashMap<>();
    sums.forEach((path, sum) -> values.put(path, sum.toFloatArray()));
    return IntStream.range(0, rows).mapToObj(row -> new RowMaps(values, row)).toList();
  }

  /** The averaged maps of one row. */
  public final class RowMaps {

    private final Map<String, float[]> values; // B * N * tokens by path
    private final int row;

    private RowMaps(Map<String, float[]> values, int row) {
      this.values = values;
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
      float[] column = new float[all.length / rows / tokens]; // N
      int first = row * column.length * tokens + token;
      for (int cell = 0; cell < column.length; cell++) {
        column[cell] = all[first + cell * tokens] / passes.get(path);
      }
      return new TokenMap(path, mapSizes.of(column.length), column);
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
