package io.boxwright.diffusion.attention;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.models.attention.Attention;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.cuda.FusedKernels;

/**
 * A processor that attends with explicit probabilities and puts them into an {@link
 * AttentionStore}. Otherwise it works like the default processor.
 */
public final class LayoutGuidanceAttnProcessor implements AttentionProcessor {

  private final AttentionStore store;

  /** Makes a processor that puts probabilities into {@code store}, which the caller closes. */
  public LayoutGuidanceAttnProcessor(AttentionStore store) {
    this.store = store;
  }

  @Override
  public NDArray process(Attention attention, NDArray hiddenStates, NDArray encoderHiddenStates) {
    try (ArrayScope scope = new ArrayScope()) {
      // Both the probabilities and the attention to pictures are computed from it.
      NDArray query =
          FusedKernels.variable(attention.query(hiddenStates)); // (B, heads, N, C/heads)
      NDArray probabilities = store(attention, query, encoderHiddenStates);
      NDArray value = attention.value(encoderHiddenStates); // (B, heads, T, C/heads)
      NDArray attended = Functional.attend(probabilities, value); // (B, heads, N, C/heads)
      return scope.keep(attention.output(attention.addImages(query, attended))); // (B, N, C)
    }
  }

  /** Stores and returns the probabilities (B, heads, N, T), which belong to the store. */
  public NDArray storeProbabilities(
      Attention attention, NDArray hiddenStates, NDArray encoderHiddenStates) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      return store(attention, attention.query(hiddenStates), encoderHiddenStates);
    }
  }

  private NDArray store(Attention attention, NDArray query, NDArray encoderHiddenStates) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      NDArray key = attention.key(encoderHiddenStates); // (B, heads, T, C/heads)
      NDArray scores = Functional.attentionScores(query, key, attention.scale());
      // Both the loss and the attention's output are computed from them.
      NDArray probabilities = ArrayScope.release(FusedKernels.variable(scores));
      store.store(attention.path(), probabilities);
      return probabilities; // (B, heads, N, T)
    }
  }
}
