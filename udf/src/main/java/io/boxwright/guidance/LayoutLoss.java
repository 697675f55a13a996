package io.boxwright.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.layout.CellMask;
import io.boxwright.layout.LayoutObject;
import io.boxwright.layout.MapSize;
import io.boxwright.nn.ArrayScope;
import io.boxwright.nn.TorchKernels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The loss of the paper (equation 2) for a batch of rows with different layouts: how much of its
 * objects' attention lies outside their boxes, one number a row in 0..1.
 *
 * <p>It is the mean over maps and objects, of the mean over the object's tokens, of the mean over
 * heads of {@code (1 - r)^2} with {@code r = sum(A * M) / sum(A)}, A one head's map of one token
 * and M the box mask. All (row, object, token) triples of the batch are computed at once.
 */
final class LayoutLoss implements AutoCloseable {

  private final NDManager manager;
  private final LayoutGuidanceConfig config;
  private final List<Entry> entries = new ArrayList<>();
  private final int rows;
  private final int latentHeight;
  private final int latentWidth;
  private final NDArray rowIndices; // (E)
  private final NDArray tokenIndices; // (E)
  private final NDArray weights; // (E)
  private final Map<Integer, NDArray> masks = new HashMap<>(); // (E, 1, N) by N

  /** One token of one object of one row. */
  private record Entry(int row, LayoutObject object, int token, float weight) {}

  /**
   * Prepares the loss of some rows.
   *
   * @param parent its device is where the loss is computed
   * @param layouts the objects of each row, at least one
   * @param latents (rows, C, h, w): their size tells the maps' sizes
   */
  LayoutLoss(
      NDManager parent,
      LayoutGuidanceConfig config,
      List<List<LayoutObject>> layouts,
      Shape latents) {
    this.manager = parent.newSubManager();
    this.config = config;
    this.rows = layouts.size();
    this.latentHeight = (int) latents.get(2);
    this.latentWidth = (int) latents.get(3);
    for (int row = 0; row < rows; row++) {
      addEntries(row, layouts.get(row));
    }
    this.rowIndices = own(manager.create(entries.stream().mapToLong(Entry::row).toArray()));
    this.tokenIndices = own(manager.create(entries.stream().mapToLong(Entry::token).toArray()));
    this.weights = own(manager.create(entryWeights()));
  }

  private static NDArray own(NDArray array) {
    return ArrayScope.release(array);
  }

  private void addEntries(int row, List<LayoutObject> objects) {
    for (LayoutObject object : objects) {
      float weight = 1f / (objects.size() * object.tokenIndices().size());
      for (int token : object.tokenIndices()) {
        entries.add(new Entry(row, object, token, weight));
      }
    }
  }

  private float[] entryWeights() {
    float[] values = new float[entries.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = entries.get(i).weight();
    }
    return values;
  }

  /**
   * Computes the loss.
   *
   * @param maps the guided attentions' probabilities, (rows, heads, N, T) each
   * @return (rows), float32, differentiable
   */
  NDArray compute(List<NDArray> maps) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray sum = manager.zeros(new Shape(rows)); // (rows)
      for (NDArray map : maps) {
        NDArray probabilities =
            config.heads() == LayoutGuidanceConfig.Heads.SECOND_HALF
                ? TorchKernels.secondHalfOfHeads(map)
                : map;
        NDArray mask = mask((int) map.getShape().get(2));
        sum =
            TorchKernels.addLayoutLoss(sum, probabilities, rowIndices, tokenIndices, mask, weights);
      }
      return scope.keep(TorchKernels.scale(1.0 / maps.size(), sum));
    }
  }

  private NDArray mask(int positions) {
    return masks.computeIfAbsent(positions, this::rasterise);
  }

  private NDArray rasterise(int positions) {
    MapSize size = MapSize.of(latentHeight, latentWidth, positions);
    float[] cells = new float[entries.size() * positions];
    for (int i = 0; i < entries.size(); i++) {
      new CellMask(
              entries.get(i).object().boxes(),
              size.height(),
              size.width(),
              config.rounding(),
              config.smallBoxes())
          .write(cells, i * positions);
    }
    return own(manager.create(cells, new Shape(entries.size(), 1, positions)));
  }

  @Override
  public void close() {
    manager.close();
  }
}
