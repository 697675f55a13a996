package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.models.attention.MapSizes;
import java.util.Map;

/**
 * A model that predicts the noise in latents: a UNet, or its counterpart in another family of
 * models. The denoising loop, guidance and scores know nothing else about a model.
 *
 * <p>Attention processors belong to the model. They may be set only while no other thread is in a
 * forward pass.
 */
public interface Denoiser {

  /**
   * Predicts the noise, or another quantity that the scheduler's prediction type names.
   *
   * @param sample scaled latents, (B, C, h, w), float32
   * @param timestep the timestep of the schedule, the same for the whole batch; may be fractional
   * @param conditioning the conditioning of B rows, or of 2B: first all samples without their
   *     prompts, then all samples with them
   * @return (B or 2B, C, h, w), float32
   */
  default NDArray predict(NDArray sample, double timestep, Conditioning conditioning) {
    try (FeatureCache cache = new FeatureCache()) {
      return predict(sample, timestep, conditioning, cache);
    }
  }

  /**
   * Predicts the noise with features from an earlier pass, if the cache has some; otherwise leaves
   * those of this pass there.
   *
   * @param sample scaled latents, (B, C, h, w), float32
   * @param timestep the timestep of the schedule, the same for the whole batch; may be fractional
   * @param conditioning the conditioning of B or 2B rows, as many as the cached features have
   * @param cache the cache, which the caller closes
   * @return (B or 2B, C, h, w), float32
   */
  NDArray predict(NDArray sample, double timestep, Conditioning conditioning, FeatureCache cache);

  /**
   * Loads the layers with which cross-attentions attend to pictures, too. From then on predictions
   * use the {@link Conditioning#images}.
   *
   * @param weights the tensors below {@code ip_adapter}; the caller calls {@code finish}
   */
  void loadImageAttention(StateDict weights);

  /**
   * Returns the processor of every attention. Its key is the attention's path followed by {@code
   * .processor}, such as {@code down_blocks.0.attentions.0.transformer_blocks.0.attn1.processor}.
   */
  Map<String, AttentionProcessor> attnProcessors();

  /**
   * Sets a processor for each attention.
   *
   * @param processors the processors by the names of {@link #attnProcessors}, one for every
   *     attention
   * @throws IllegalArgumentException if their number or a name is wrong
   */
  void setAttnProcessor(Map<String, ? extends AttentionProcessor> processors);

  /**
   * Returns whether the denoiser reads the guidance scale of the {@link Conditioning}, because it
   * was distilled with classifier-free guidance inside ({@code time_cond_proj_dim}).
   */
  default boolean embedsGuidanceScale() {
    return false;
  }

  /** Returns the sizes of the attention maps for latents of a shape, (B, C, h, w). */
  MapSizes mapSizes(Shape latents);
}
