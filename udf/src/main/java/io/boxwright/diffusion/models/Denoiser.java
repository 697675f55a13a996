package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.models.attention.MapSize;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * A model that predicts the noise in latents: a UNet, or its counterpart in another family of
 * models. The denoising loop, guidance and scores know nothing else about a model.
 *
 * <p>Attention processors belong to the model. They may be set only while no other thread is in a
 * forward pass.
 */
public interface Denoiser extends AutoCloseable {

  /**
   * Predicts the noise, or another quantity that the scheduler's prediction type names.
   *
   * @param sample scaled latents, (B, C, h, w), float32
   * @param timestep the timestep of the schedule, the same for the whole batch, (1), float32; may
   *     be fractional
   * @param conditioning the conditioning of B rows, or of 2B: first all samples without their
   *     prompts, then all samples with them
   * @return (B or 2B, C, h, w), float32
   */
  default NDArray predict(NDArray sample, NDArray timestep, Conditioning conditioning) {
    try (FeatureCache cache = new FeatureCache()) {
      return predict(sample, timestep, conditioning, cache);
    }
  }

  /**
   * Predicts the noise with features from an earlier pass, if the cache has some; otherwise leaves
   * those of this pass there.
   *
   * @param sample scaled latents, (B, C, h, w), float32
   * @param timestep the timestep of the schedule, the same for the whole batch, (1), float32; may
   *     be fractional
   * @param conditioning the conditioning of B or 2B rows, as many as the cached features have
   * @param cache the cache, which the caller closes
   * @return (B or 2B, C, h, w), float32
   */
  NDArray predict(NDArray sample, NDArray timestep, Conditioning conditioning, FeatureCache cache);

  /** Makes the timestep of a prediction, (1), on the device of its sample. */
  static NDArray makeTimestep(NDArray sample, double timestep) {
    return sample
        .getManager()
        .full(new Shape(1), (float) timestep, DataType.FLOAT32)
        .toDevice(sample.getDevice(), false);
  }

  /**
   * Computes a function that runs this denoiser. A denoiser may record what a GPU does, and replay
   * it when the same function comes with other arrays of the same shapes.
   *
   * @param what a key that is equal only for the same function of the same weights
   * @param processors the denoiser's attention processors that the function uses, by name
   * @param inputs the arrays that differ from call to call; first a sample, (B, C, h, w)
   * @param conditioning the conditioning, whose arrays differ, too
   * @param function the function of inputs and conditioning; it takes no other arrays that differ,
   *     and frees every array that it makes, except its results
   * @return its results, which belong to the innermost {@link io.boxwright.torch.ArrayScope}
   */
  default NDList compute(
      Object what,
      Map<String, AttentionProcessor> processors,
      NDList inputs,
      Conditioning conditioning,
      BiFunction<NDList, Conditioning, NDList> function) {
    return function.apply(inputs, conditioning);
  }

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

  /**
   * Returns the size of the maps of an attention.
   *
   * @param path the path of the attention, such as {@code
   *     down_blocks.0.attentions.0.transformer_blocks.0.attn2}
   * @param latents the shape of the latents, (B, C, h, w)
   */
  MapSize mapSize(String path, Shape latents);

  /**
   * Frees what the denoiser keeps to be faster, and keeps it only for smaller batches from now on.
   *
   * @return whether there was anything
   */
  default boolean freeMemory() {
    return false;
  }

  /** Frees what the denoiser keeps for later calls; its weights belong to their manager. */
  @Override
  default void close() {}
}
