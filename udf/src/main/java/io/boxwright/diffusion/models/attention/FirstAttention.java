package io.boxwright.diffusion.models.attention;

/** The target of the first attention of a transformer block ({@code only_cross_attention}). */
public enum FirstAttention {
  /** The picture itself: the usual case. */
  SELF,
  /** The prompt, as in the second attention: {@code only_cross_attention = true}. */
  CROSS
}
