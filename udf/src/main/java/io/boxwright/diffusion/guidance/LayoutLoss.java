package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.CellMask;
import io.boxwright.diffusion.layout.CellRounding;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.layout.SmallBoxes;
import io.boxwright.diffusion.models.attention.MapSize;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;

/**
 * The loss of the paper (equation 2) for a batch of rows with different layouts. For each row it is
 * one number, 0..1, that tells how much of the objects' attention lies outside their boxes.
 *
 * <p>The loss is the mean over maps and objects of the mean over the object's tokens of the mean
 * over heads of {@code (1 - r)^2}. Here {@code r} is {@code sum(A * M) / sum(A)}, A is one head's
 * map of one token, and M is the mask of the boxes.
 *
 * <p>Each row has the same number of (object, token) pairs. A row that has fewer takes part with
 * pairs of weight 0. So the shapes depend only on the number of rows and of pairs.
 *
 * @param heads the attention heads that are read
 * @param rounding the way a box's edges become cells of a map
 * @param smallBoxes the treatment of a box that covers no cell of a map
 */
record LayoutLoss(BackwardGuidance.Heads heads, CellRounding rounding, SmallBoxes smallBoxes)
    implements AttentionLoss {

  // The arrays of prepare(); then the masks of each size of map, (R, 1, N, K)
  private static final int TOKENS = 0; // (R, K)
  private static final int WEIGHTS = 1; // (R, K)
  private static final int MASKS = 2;

  /** One token of one object of one row. */
  private record Pair(List<BoundingBox> boxes, int token, float weight) {

    /** The pair of a row without layout. */
    private static final Pair NONE = new Pair(List.of(), 0, 0);

    private Pair withoutWeight() {
      return new Pair(boxes, token, 0);
    }
  }

  @Override
  public NDList prepare(
      NDManager manager, List<List<LayoutObject>> layouts, List<MapSize> mapSizes) {
    List<List<Pair>> rows = layouts.stream().map(LayoutLoss::makePairs).toList();
    int perRow = countPairs(rows);
    List<Pair> pairs = rows.stream().flatMap(row -> fillUp(row, perRow)).toList();
    Shape shape = new Shape(rows.size(), perRow);

    NDList prepared = new NDList();
    prepared.add(manager.create(pairs.stream().mapToLong(Pair::token).toArray(), shape));
    prepared.add(manager.create(weights(pairs), shape));
    for (MapSize size : new LinkedHashSet<>(mapSizes)) {
      Shape ofMasks = new Shape(rows.size(), 1, size.positions(), perRow);
      prepared.add(manager.create(rasterise(pairs, size, perRow), ofMasks));
    }
    prepared.forEach(ArrayScope::release);
    return prepared;
  }

  private static List<Pair> makePairs(List<LayoutObject> objects) {
    List<Pair> pairs = new ArrayList<>();
    for (LayoutObject object : objects) {
      float weight = 1f / (objects.size() * object.tokenIndices().size());
      for (int token : object.tokenIndices()) {
        pairs.add(new Pair(object.boxes(), token, weight));
      }
    }
    return pairs;
  }

  /** Returns the most pairs of a row, rounded up to a power of 2, so that there are few shapes. */
  private static int countPairs(List<List<Pair>> rows) {
    int most = rows.stream().mapToInt(List::size).max().orElse(0);
    return most < 2 ? 1 : 2 * Integer.highestOneBit(most - 1);
  }

  /**
   * Fills up the pairs of a row. It repeats the first one, which is finite if the row's loss is.
   */
  private static Stream<Pair> fillUp(List<Pair> pairs, int count) {
    Pair filler = pairs.isEmpty() ? Pair.NONE : pairs.get(0).withoutWeight();
    return Stream.concat(pairs.stream(), Stream.generate(() -> filler)).limit(count);
  }

  private static float[] weights(List<Pair> pairs) {
    float[] weights = new float[pairs.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = pairs.get(i).weight();
    }
    return weights;
  }

  private float[] rasterise(List<Pair> pairs, MapSize size, int perRow) {
    float[] cells = new float[pairs.size() * size.positions()]; // (R, N, K)
    for (int i = 0; i < pairs.size(); i++) {
      CellMask mask =
          new CellMask(pairs.get(i).boxes(), size.height(), size.width(), rounding, smallBoxes);
      int first = i / perRow * perRow * size.positions() + i % perRow;
      for (int cell = 0; cell < size.positions(); cell++) {
        cells[first + cell * perRow] = mask.covers(cell) ? 1 : 0;
      }
    }
    return cells;
  }

  @Override
  public NDArray compute(List<NDArray> maps, List<NDArray> prepared) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray selectors = GuidanceKernels.oneHot(prepared.get(TOKENS), maps.get(0)); // (R, T, K)
      NDArray sum = null; // (R)
      for (NDArray map : maps) {
        NDArray probabilities =
            heads == BackwardGuidance.Heads.SECOND_HALF
                ? GuidanceKernels.selectSecondHalfOfHeads(map)
                : map;
        NDArray masks = findMasks(map.getShape().get(2), prepared);
        NDArray share =
            GuidanceKernels.layoutLoss(probabilities, selectors, masks, prepared.get(WEIGHTS));
        sum = sum == null ? share : sum.add(share);
      }
      return scope.keep(TorchKernels.scale(1.0 / maps.size(), sum));
    }
  }

  /** Finds the masks for maps with a number of positions. */
  private static NDArray findMasks(long positions, List<NDArray> prepared) {
    return prepared.stream()
        .skip(MASKS)
        .filter(masks -> masks.getShape().get(2) == positions)
        .findFirst()
        .orElseThrow();
  }
}
