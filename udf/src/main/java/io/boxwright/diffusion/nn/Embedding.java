package io.boxwright.diffusion.nn;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;

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

  /** Maps ids (B, N), INT64, to (B, N, C). */
  public NDArray forward(NDArray ids) {
    return Functional.embedding(ids, weight);
  }
}
