package io.boxwright.diffusion.models.attention;

import ai.djl.ndarray.NDArray;

/**
 * The computation of an {@link Attention}: diffusers' attention-processor protocol. Set with {@code
 * UNet2DConditionModel.setAttnProcessor}.
 */
@FunctionalInterface
public interface AttentionProcessor {

  /**
   * Attends from every position of {@code hiddenStates} to every position of {@code
   * encoderHiddenStates}.
   *
   * @param attention the attention whose projections are used
   * @param hiddenStates (B, N, C)
   * @param encoderHiddenStates (B, T, D); the same array as {@code hiddenStates} in self-attention
   * @return (B, N, C), a new array
   */
  NDArray process(Attention attention, NDArray hiddenStates, NDArray encoderHiddenStates);

  /**
   * Returns whether a GPU may record what this processor does and repeat it without calling {@link
   * #process}. If true, it neither waits for the GPU nor reads anything from it, frees every array
   * that it makes, and reads and writes the same arrays of its own in every pass.
   */
  default boolean isCapturable() {
    return false;
  }
}
