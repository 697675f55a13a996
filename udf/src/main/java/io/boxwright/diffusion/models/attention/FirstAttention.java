package io.boxwright.diffusion.models.attention;

/** What the first attention of a transformer block attends to ({@code only_cross_attention}). */
public enum FirstAttention {
  /** The picture itself: the usual case. */
  SELF,
  /** The prompt, like the second one: {@code only_cross_attention = true}. */
  CROSS
}
