package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.CellMask;
import io.boxwright.diffusion.layout.CellRounding;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.layout.SmallBoxes;
import io.boxwright.diffusion.models.attention.MapSize;
import io.boxwright.diffusion.models.attention.MapSizes;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The loss of the paper (equation 2) for a batch of rows with different layouts. For each row it is
 * one number, 0..1, that tells how much of the objects' attention lies outside their boxes.
 *
 * <p>The loss is the mean over maps and objects of the mean over the object's tokens of the mean
 * over heads of {@code (1 - r)^2}. Here {@code r} is {@code sum(A * M) / sum(A)}, A is one head's
 * map of one token, and M is the mask of the boxes.
 *
 * <p>The first (object, token) pairs of all rows are computed at once, then the second ones, and so
 * on. A row that has no more pairs takes part with weight 0. So the shapes depend only on the
 * number of rows, and no two pairs are added to a row at once, which a GPU would do in any order.
 */
final class LayoutLoss implements AttentionLoss {

  private final BackwardGuidance.Heads heads;
  private final CellRounding rounding;
  private final SmallBoxes smallBoxes;

  /**
   * Creates a loss.
   *
   * @param heads the attention heads that are read
   * @param rounding the way a box's edges become cells of a map
   * @param smallBoxes the treatment of a box that covers no cell of a map
   */
  LayoutLoss(BackwardGuidance.Heads heads, CellRounding rounding, SmallBoxes smallBoxes) {
    this.heads = heads;
    this.rounding = rounding;
    this.smallBoxes = smallBoxes;
  }

  @Override
  public OfRows prepare(NDManager manager, List<List<LayoutObject>> layouts, MapSizes mapSizes) {
    return new Batch(manager, layouts, mapSizes);
  }

  /** One token of one object of one row. */
  private record Pair(List<BoundingBox> boxes, int token, float weight) {

    /** The pair of a row without layout. */
    private static final Pair NONE = new Pair(List.of(), 0, 0);

    private Pair withoutWeight() {
      return new Pair(boxes, token, 0);
    }
  }

  /**
   * Returns the pair of a row at a place. A row that has no more pairs repeats its first pair,
   * which is finite if the row's loss is.
   */
  private static Pair pairAt(List<Pair> pairs, int place) {
    if (pairs.isEmpty()) {
      return Pair.NONE;
    }
    return place < pairs.size() ? pairs.get(place) : pairs.get(0).withoutWeight();
  }

  private static NDArray own(NDArray array) {
    return ArrayScope.release(array);
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

  /** The loss of certain rows. */
  private final class Batch implements OfRows {

    private final NDManager manager;
    private final int rows;
    private final MapSizes mapSizes;
    private final NDArray rowIndices; // (rows)
    private final List<Turn> turns = new ArrayList<>();

    /** One pair of each row. */
    private final class Turn {

      private final List<Pair> pairs;
      private final NDArray tokenIndices; // (rows)
      private final NDArray weights; // (rows)
      private final Map<Integer, NDArray> masks = new HashMap<>(); // (rows, 1, N) by N

      private Turn(List<Pair> pairs) {
        this.pairs = pairs;
        this.tokenIndices = own(manager.create(pairs.stream().mapToLong(Pair::token).toArray()));
        float[] weightValues = new float[rows];
        for (int row = 0; row < rows; row++) {
          weightValues[row] = pairs.get(row).weight();
        }
        this.weights = own(manager.create(weightValues));
      }

      private NDArray mask(int positions) {
        return masks.computeIfAbsent(positions, this::rasterise);
      }

      private NDArray rasterise(int positions) {
        MapSize size = mapSizes.of(positions);
        float[] cells = new float[rows * positions];
        for (int row = 0; row < rows; row++) {
          new CellMask(pairs.get(row).boxes(), size.height(), size.width(), rounding, smallBoxes)
              .write(cells, row * positions);
        }
        return own(manager.create(cells, new Shape(rows, 1, positions)));
      }
    }

    Batch(NDManager parent, List<List<LayoutObject>> layouts, MapSizes mapSizes) {
      this.manager = parent.newSubManager();
      this.rows = layouts.size();
      this.mapSizes = mapSizes;
      this.rowIndices = own(manager.create(LongStream.range(0, rows).toArray()));
      List<List<Pair>> pairs = layouts.stream().map(LayoutLoss::makePairs).toList();
      int most = pairs.stream().mapToInt(List::size).max().orElse(0);
      for (int turn = 0; turn < most; turn++) {
        int place = turn;
        turns.add(new Turn(pairs.stream().map(ofRow -> pairAt(ofRow, place)).toList()));
      }
    }

    @Override
    public NDArray compute(List<NDArray> maps) {
      try (ArrayScope scope = new ArrayScope()) {
        NDArray sum = manager.zeros(new Shape(rows)); // (rows)
        for (NDArray map : maps) {
          NDArray probabilities =
              heads == BackwardGuidance.Heads.SECOND_HALF
                  ? GuidanceKernels.selectSecondHalfOfHeads(map)
                  : map;
          int positions = (int) map.getShape().get(2);
          for (Turn turn : turns) {
            sum =
                GuidanceKernels.addLayoutLoss(
                    sum,
                    probabilities,
                    rowIndices,
                    turn.tokenIndices,
                    turn.mask(positions),
                    turn.weights);
          }
        }
        return scope.keep(TorchKernels.scale(1.0 / maps.size(), sum));
      }
    }

    @Override
    public void close() {
      manager.close();
    }
  }
}
