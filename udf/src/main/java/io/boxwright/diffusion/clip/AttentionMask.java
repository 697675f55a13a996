package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.nn.Functional;

/** The positions that a position attends to. */
enum AttentionMask {
  /** The position itself and those before it, as in text. */
  CAUSAL {
    @Override
    NDArray attend(NDArray query, NDArray key, NDArray value) {
      return Functional.causalAttention(query, key, value);
    }
  },
  /** All positions, as in images. */
  NONE {
    @Override
    NDArray attend(NDArray query, NDArray key, NDArray value) {
      return Functional.scaledDotProductAttention(query, key, value);
    }
  };

  /** Computes attention of arrays (B, heads, N, C) -> (B, heads, N, C). */
  abstract NDArray attend(NDArray query, NDArray key, NDArray value);
}
