/**
 * Attention and the transformers made of it. A UNet lists its attentions by path and takes other
 * {@link io.boxwright.diffusion.models.attention.AttentionProcessor}s for them; it knows nothing of
 * boxes.
 */
package io.boxwright.diffusion.models.attention;
