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
import java.util.stream.LongStream;

/**
 * The loss of the paper (equation 2) for a batch of rows with different layouts. For each row it is
 * one number, 0..1, that tells how much of the objects' attention lies outside their boxes.
 *
 * <p>The loss is the mean over maps and objects of the mean over the object's tokens of the mean
 * over heads of {@code (1 - r)^2}. Here {@code r} is {@code sum(A * M) / sum(A)}, A is one head's
 * map of one token, and M is the mask of the boxes.
 *
 * <p>The first (object, token) pairs of all rows are one turn, the second ones another, and so on.
 * A row that has no more pairs takes part with weight 0. So no two pairs are added to a row at
 * once, which a GPU would do in any order, and the shapes depend only on the number of rows and of
 * turns.
 *
 * @param heads the attention heads that are read
 * @param rounding the way a box's edges become cells of a map
 * @param smallBoxes the treatment of a box that covers no cell of a map
 */
record LayoutLoss(BackwardGuidance.Heads heads, CellRounding rounding, SmallBoxes smallBoxes)
    implements AttentionLoss {

  // The arrays of prepare(); then the masks of each size of map, (turns, rows, 1, N)
  private static final int ROW_NUMBERS = 0; // (rows)
  private static final int TOKENS = 1; // (turns, rows)
  private static final int WEIGHTS = 2; // (turns, rows)
  private static final int MASKS = 3;

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
    List<Pair> pairs = // turn by turn
        IntStream.range(0, turns)
            .boxed()
            .flatMap(turn -> rows.stream().map(ofRow -> pairAt(ofRow, turn)))
            .toList();
    Shape shape = new Shape(turns, rows.size());

    NDList prepared = new NDList();
    prepared.add(manager.create(LongStream.range(0, rows.size()).toArray()));
    prepared.add(manager.create(pairs.stream().mapToLong(Pair::token).toArray(), shape));
    prepared.add(manager.create(weights(pairs), shape));
    for (MapSize size : new LinkedHashSet<>(mapSizes)) {
      prepared.add(
          manager.create(
              rasterise(pairs, size), new Shape(turns, rows.size(), 1, size.positions())));
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
  private static int countTurns(List<List<Pair>> rows) {
    int most = rows.stream().mapToInt(List::size).max().orElse(0);
    return most < 2 ? 1 : 2 * Integer.highestOneBit(most - 1);
  }

  /**
   * Returns the pair of a row in a turn. A row that has no more pairs repeats its first pair, which
   * is finite if the row's loss is.
   */
  private static Pair pairAt(List<Pair> pairs, int turn) {
    if (pairs.isEmpty()) {
      return Pair.NONE;
    }
    return turn < pairs.size() ? pairs.get(turn) : pairs.get(0).withoutWeight();
  }

  private static float[] weights(List<Pair> pairs) {
    float[] weights = new float[pairs.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = pairs.get(i).weight();
    }
    return weights;
  }

  private float[] rasterise(List<Pair> pairs, MapSize size) {
    float[] cells = new float[pairs.size() * size.positions()];
    for (int i = 0; i < pairs.size(); i++) {
      new CellMask(pairs.get(i).boxes(), size.height(), size.width(), rounding, smallBoxes)
          .write(cells, i * size.positions());
    }
    return cells;
  }

  @Override
  public NDArray compute(List<NDArray> maps, List<NDArray> prepared) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray sum =
          prepared.get(WEIGHTS).getManager().zeros(prepared.get(ROW_NUMBERS).getShape()); // (R)
      for (NDArray map : maps) {
        NDArray probabilities =
            heads == BackwardGuidance.Heads.SECOND_HALF
                ? GuidanceKernels.selectSecondHalfOfHeads(map)
                : map;
        sum =
            GuidanceKernels.addLayoutLoss(
                sum,
                probabilities,
                prepared.get(ROW_NUMBERS),
                prepared.get(TOKENS),
                findMask(map.getShape().get(2), prepared),
                prepared.get(WEIGHTS));
      }
      return scope.keep(TorchKernels.scale(1.0 / maps.size(), sum));
    }
  }

  /** Finds the masks for maps with a number of positions. */
  private static NDArray findMask(long positions, List<NDArray> prepared) {
    return prepared.stream()
        .skip(MASKS)
        .filter(masks -> masks.getShape().get(3) == positions)
        .findFirst()
        .orElseThrow();
  }
}
