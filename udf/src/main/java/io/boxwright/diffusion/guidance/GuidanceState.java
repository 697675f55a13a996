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
 * How far the guidance of each row is, kept on the device: a guided pass needs no answer from a GPU
 * before the next one can be launched. Not thread-safe.
 */
final class GuidanceState implements AutoCloseable {

  private static final int FIRST = 0;
  private static final int LAST = 1;
  private static final int ITERATIONS = 2;
  private static final int COLUMNS = 3;

  private final GuidancePlan plan;
  private final int rows;
  private NDArray state; // (B, 3), float32: the first loss, the last one, iterations

  /** No row was guided yet. A row without layout never is: its last loss is not a number. */
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
   * Which rows of a pass are to be moved: those that are not {@link GuidancePlan#finished}.
   *
   * @param passRows (R), INT64
   * @return (R), BOOLEAN
   */
  NDArray unfinished(NDArray passRows) {
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
   * Takes down that rows of a pass were moved.
   *
   * @param passRows (R), INT64
   * @param unfinished which of them were, (R), BOOLEAN
   * @param losses before they were, (R)
   */
  void update(NDArray passRows, NDArray unfinished, NDArray losses) {
    try (ArrayScope scope = new ArrayScope();
        NDArray before = state) {
      NDArray ofRows = TorchKernels.selectRows(before, passRows); // (R, 3)
      NDArray updated = GuidanceKernels.updateGuidanceState(ofRows, unfinished, losses); // (R, 3)
      state = ArrayScope.release(TorchKernels.replaceRows(before, passRows, updated)); // (B, 3)
    }
  }

  /** Rows that are not finished. Waits for a GPU. */
  int[] unfinishedRows() {
    float[] values = state.toFloatArray();
    return IntStream.range(0, rows)
        .filter(row -> !Float.isNaN(values[row * COLUMNS + LAST]))
        .filter(row -> !plan.finished(values[row * COLUMNS + LAST]))
        .toArray();
  }

  /** What the guidance did, one entry a row. Waits for a GPU. */
  List<GuidanceTrace> traces() {
    float[] values = state.toFloatArray();
    return IntStream.range(0, rows)
        .map(row -> row * COLUMNS)
        .mapToObj(at -> trace(values, at))
        .toList();
  }

  private static GuidanceTrace trace(float[] values, int at) {
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
