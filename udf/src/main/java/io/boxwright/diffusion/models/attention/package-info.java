/**
 * Attention and the transformers made of it. A UNet lists its attentions by path and accepts other
 * {@link io.boxwright.diffusion.models.attention.AttentionProcessor}s for them; it knows nothing
 * about boxes.
 */
package io.boxwright.diffusion.models.attention;
