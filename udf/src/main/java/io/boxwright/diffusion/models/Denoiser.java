package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.models.attention.MapSizes;
import java.util.Map;

/**
 * Predicts the noise in latents: a UNet, or what another family of models has in its place. The
 * denoising loop, guidance and scores know no more of a model than this.
 *
 * <p>Attention processors are the model's own: whoever sets them must see to it that no other
 * thread is in a forward pass.
 */
public interface Denoiser {

  /**
   * Predicts the noise, or what else the scheduler's prediction type says.
   *
   * @param sample scaled latents, (B, C, h, w), float32
   * @param timestep of the schedule, the same for the whole batch; may be fractional
   * @param conditioning of B rows, or of 2B: first those of all samples without their prompts, then
   *     those with them
   * @return (B or 2B, C, h, w), float32
   */
  NDArray predict(NDArray sample, double timestep, Conditioning conditioning);

  /**
   * The processor of every attention by the attention's path with {@code .processor} after it, such
   * as {@code down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor}.
   */
  Map<String, AttentionProcessor> attnProcessors();

  /**
   * Sets a processor for each attention.
   *
   * @param processors by the names of {@link #attnProcessors}, one for every attention
   * @throws IllegalArgumentException if their number or a name is wrong
   */
  void setAttnProcessor(Map<String, ? extends AttentionProcessor> processors);

  /** The sizes of the attention maps for latents of a shape, (B, C, h, w). */
  MapSizes mapSizes(Shape latents);
}
