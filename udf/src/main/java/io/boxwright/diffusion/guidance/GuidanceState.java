package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The progress of each row's guidance, kept on the device. So the next guided pass can be launched
 * before a GPU has answered. Not thread-safe.
 */
final class GuidanceState implements AutoCloseable {

  private static final int FIRST = 0;
  private static final int LAST = 1;
  private static final int ITERATIONS = 2;
  private static final int COLUMNS = 3;

  private final GuidancePlan plan;
  private final int rows;
  private NDArray state; // (B, 3), float32: the first loss, the last one, iterations

  /**
   * Makes the state before any guidance. A row without layout is never guided: its last loss is
   * NaN.
   */
  GuidanceState(NDManager manager, GuidancePlan plan, List<List<LayoutObject>> layouts) {
    this.plan = plan.inFloatPrecision();
    this.rows = layouts.size();
    float[] values = new float[rows * COLUMNS];
    for (int row = 0; row < rows; row++) {
      values[row * COLUMNS + FIRST] = Float.NaN;
      values[row * COLUMNS + LAST] =
          layouts.get(row).isEmpty() ? Float.NaN : Float.POSITIVE_INFINITY;
    }
    this.state = ArrayScope.release(manager.create(values, new Shape(rows, COLUMNS)));
  }

  /**
   * Selects the rows of a pass to move: those that are not {@link GuidancePlan#isFinished}.
   *
   * @param passRows the rows of the pass, (R), INT64
   * @return the mask of the rows to move, (R), BOOLEAN
   */
  NDArray selectUnfinished(NDArray passRows) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray last =
          TorchKernels.selectRows(state, passRows).get(new NDIndex(":, {}", LAST)); // (R)
      return scope.keep(
          plan.stopRule() == StopRule.AT_THRESHOLD
              ? TorchKernels.greater(last, plan.lossThreshold())
              : TorchKernels.greaterOrEqual(last, plan.lossThreshold()));
    }
  }

  /**
   * Records that rows of a pass were moved.
   *
   * @param passRows the rows of the pass, (R), INT64
   * @param unfinished the mask of the rows that were moved, (R), BOOLEAN
   * @param losses the losses before the move, (R)
   */
  void update(NDArray passRows, NDArray unfinished, NDArray losses) {
    try (ArrayScope scope = new ArrayScope();
        NDArray before = state) {
      NDArray ofRows = TorchKernels.selectRows(before, passRows); // (R, 3)
      NDArray updated = GuidanceKernels.updateGuidanceState(ofRows, unfinished, losses); // (R, 3)
      state = ArrayScope.release(TorchKernels.replaceRows(before, passRows, updated)); // (B, 3)
    }
  }

  /** Finds the rows that are not finished. Waits for a GPU. */
  int[] findUnfinishedRows() {
    float[] values = state.toFloatArray();
    return IntStream.range(0, rows)
        .filter(row -> !Float.isNaN(values[row * COLUMNS + LAST]))
        .filter(row -> !plan.isFinished(values[row * COLUMNS + LAST]))
        .toArray();
  }

  /** Returns what the guidance did, one entry per row. Waits for a GPU. */
  List<GuidanceTrace> traces() {
    float[] values = state.toFloatArray();
    return IntStream.range(0, rows)
        .map(row -> row * COLUMNS)
        .mapToObj(at -> makeTrace(values, at))
        .toList();
  }

  private static GuidanceTrace makeTrace(float[] values, int at) {
    int iterations = (int) values[at + ITERATIONS];
    return iterations == 0
        ? GuidanceTrace.NONE
        : new GuidanceTrace(values[at + FIRST], values[at + LAST], iterations);
  }

  @Override
  public void close() {
    state.close();
  }
}
