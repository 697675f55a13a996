/**
 * Attention and the transformers made of it. A UNet lists its attentions by path and takes other
 * {@link io.boxwright.models.attention.AttentionProcessor}s for them; it knows nothing of boxes.
 */
package io.boxwright.models.attention;
