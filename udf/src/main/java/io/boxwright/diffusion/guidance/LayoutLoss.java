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
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The loss of the paper (equation 2) for a batch of rows with different layouts. For each row it is
 * one number, 0..1, that tells how much of the objects' attention lies outside their boxes.
 *
 * <p>The loss is the mean over maps and objects of the mean over the object's tokens of the mean
 * over heads of {@code (1 - r)^2}. Here {@code r} is {@code sum(A * M) / sum(A)}, A is one head's
 * map of one token, and M is the mask of the boxes.
 *
 * <p>The first {@value #PAIRS} (object, token) pairs of all rows are one turn, the next ones
 * another, and so on. A row that has fewer takes part with pairs of weight 0. So the shape of a
 * turn depends only on the number of rows, and a row's sums are added in the same order whatever
 * pairs the other rows have.
 *
 * @param heads the attention heads that are read
 * @param rounding the way a box's edges become cells of a map
 * @param smallBoxes the treatment of a box that covers no cell of a map
 */
record LayoutLoss(BackwardGuidance.Heads heads, CellRounding rounding, SmallBoxes smallBoxes)
    implements AttentionLoss {

  /**
   * The number K of pairs of a row in a turn. Few rows have more, and a GPU hardly notices fewer.
   */
  private static final int PAIRS = 16;

  // The arrays of prepare(); then the masks of each size of map, (turns, R, 1, N, K)
  private static final int TOKENS = 0; // (turns, R, K)
  private static final int WEIGHTS = 1; // (turns, R, K)
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
    int turns = countTurns(rows);
    List<Pair> pairs = // turn by turn, then row by row
        IntStream.range(0, turns)
            .boxed()
            .flatMap(turn -> rows.stream().flatMap(row -> ofTurn(row, turn)))
            .toList();
    Shape shape = new Shape(turns, rows.size(), PAIRS);

    NDList prepared = new NDList();
    prepared.add(manager.create(pairs.stream().mapToLong(Pair::token).toArray(), shape));
    prepared.add(manager.create(weights(pairs), shape));
    for (MapSize size : new LinkedHashSet<>(mapSizes)) {
      Shape ofMasks = new Shape(turns, rows.size(), 1, size.positions(), PAIRS);
      prepared.add(manager.create(rasterise(pairs, size), ofMasks));
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

  /** Returns the turns of the longest row, rounded up to a power of 2: there are few shapes. */
  private static int countTurns(List<List<Pair>> rows) {
    int most = rows.stream().mapToInt(List::size).max().orElse(0);
    return most <= PAIRS ? 1 : 2 * Integer.highestOneBit((most - 1) / PAIRS);
  }

  /**
   * Returns a row's pairs of a turn. Where it has no more, it repeats its first pair, which is
   * finite if the row's loss is.
   */
  private static Stream<Pair> ofTurn(List<Pair> row, int turn) {
    Pair filler = row.isEmpty() ? Pair.NONE : row.get(0).withoutWeight();
    return Stream.concat(row.stream().skip((long) turn * PAIRS), Stream.generate(() -> filler))
        .limit(PAIRS);
  }

  private static float[] weights(List<Pair> pairs) {
    float[] weights = new float[pairs.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = pairs.get(i).weight();
    }
    return weights;
  }

  private float[] rasterise(List<Pair> pairs, MapSize size) {
    float[] cells = new float[pairs.size() * size.positions()]; // (turns, R, 1, N, K)
    for (int i = 0; i < pairs.size(); i++) {
      CellMask mask =
          new CellMask(pairs.get(i).boxes(), size.height(), size.width(), rounding, smallBoxes);
      int first = i / PAIRS * PAIRS * size.positions() + i % PAIRS;
      for (int cell = 0; cell < size.positions(); cell++) {
        cells[first + cell * PAIRS] = mask.covers(cell) ? 1 : 0;
      }
    }
    return cells;
  }

  @Override
  public NDArray compute(List<NDArray> maps, List<NDArray> prepared) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray weights = prepared.get(WEIGHTS);
      NDArray selectors =
          GuidanceKernels.oneHot(prepared.get(TOKENS), maps.get(0)); // (turns, R, T, K)
      NDArray sum = weights.getManager().zeros(new Shape(weights.getShape().get(1))); // (R)
      for (NDArray map : maps) {
        NDArray probabilities =
            heads == BackwardGuidance.Heads.SECOND_HALF
                ? GuidanceKernels.selectSecondHalfOfHeads(map)
                : map;
        NDArray masks = findMasks(map.getShape().get(2), prepared);
        sum = GuidanceKernels.addLayoutLoss(sum, probabilities, selectors, masks, weights);
      }
      return scope.keep(TorchKernels.scale(1.0 / maps.size(), sum));
    }
  }

  /** Finds the masks for maps with a number of positions. */
  private static NDArray findMasks(long positions, List<NDArray> prepared) {
    return prepared.stream()
        .skip(MASKS)
        .filter(masks -> masks.getShape().get(3) == positions)
        .findFirst()
        .orElseThrow();
  }
}
