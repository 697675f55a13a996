package io.boxwright.diffusion.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.torch.ArrayScope;
import java.util.function.BiFunction;

/** {@code torch.nn.Embedding}: ids (B, N), INT64 -> (B, N, C). */
public final class Embedding {

  private final NDArray weight; // (count, C)

  private Embedding(NDArray weight) {
    this.weight = weight;
  }

  /** Loads a table of {@code count} rows of {@code channels} numbers. */
  public static Embedding load(StateDict weights, long count, long channels) {
    return new Embedding(weights.tensor("weight", count, channels));
  }

  /**
   * Returns a table with other rows, and with more of them if they do not fit. This table is
   * closed.
   *
   * @param first the place of the first row, at most the number of rows
   * @param source the source of the rows (n, C), for the manager and the type of this table
   */
  public Embedding withRows(long first, BiFunction<NDManager, DataType, NDArray> source) {
    if (weight == null) {
      return this; // where only headers are read
    }
    NDManager manager = weight.getManager();
    try (ArrayScope scope = new ArrayScope();
        NDArray rows = source.apply(manager, weight.getDataType())) {
      scope.suppressNotUsedWarning();
      long end = first + rows.getShape().get(0);
      NDList parts = new NDList(weight.get(new NDIndex(":{}", first)), rows);
      if (end < weight.getShape().get(0)) {
        parts.add(weight.get(new NDIndex("{}:", end)));
      }
      NDArray joined = NDArrays.concat(parts); // (count or more, C)
      joined.attach(manager);
      ArrayScope.release(joined);
      weight.close();
      return new Embedding(joined);
    }
  }

  /** Maps ids (B, N), INT64, to (B, N, C). */
  public NDArray forward(NDArray ids) {
    return Functional.embedding(ids, weight);
  }
}
