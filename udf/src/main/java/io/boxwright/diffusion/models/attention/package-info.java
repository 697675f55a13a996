/**
 * Attention and the transformers made of it. A UNet lists its attentions by path and accepts other
 * {@link io.boxwright.diffusion.models.attention.AttentionProcessor}s for them; it knows nothing
 * about boxes. With an IP-Adapter, cross-attentions also attend to pictures.
 */
package io.boxwright.diffusion.models.attention;
