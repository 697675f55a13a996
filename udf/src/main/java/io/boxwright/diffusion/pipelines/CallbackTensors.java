package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * The tensors that a callback reads and may replace: diffusers' {@code
 * callback_on_step_end_tensor_inputs}. All of them belong to the pipeline.
 *
 * <p>In diffusers, {@code prompt_embeds} has both halves of classifier-free guidance, the negative
 * prompts first. Here each half stands alone, so replacing the negative one has an effect, too.
 *
 * @param latents the latents after the step, (B, C, h, w), float32
 * @param promptEmbeds the prompts' states, (B, T, D), of the type of the weights
 * @param negativePromptEmbeds the negative prompts' states, (B, T, D); empty without
 *     classifier-free guidance
 */
public record CallbackTensors(
    NDArray latents, NDArray promptEmbeds, Optional<NDArray> negativePromptEmbeds) {

  /** Returns the same tensors with other latents, (B, C, h, w), which the pipeline closes. */
  public CallbackTensors withLatents(NDArray others) {
    return new CallbackTensors(others, promptEmbeds, negativePromptEmbeds);
  }

  /**
   * Returns the same tensors with other states of the prompts, (B, T, D), for all later steps. The
   * pipeline closes them.
   */
  public CallbackTensors withPromptEmbeds(NDArray others) {
    return new CallbackTensors(latents, others, negativePromptEmbeds);
  }

  /**
   * Returns the same tensors with other states of the negative prompts, (B, T, D), for all later
   * steps. The pipeline closes them.
   */
  public CallbackTensors withNegativePromptEmbeds(NDArray others) {
    return new CallbackTensors(latents, promptEmbeds, Optional.of(others));
  }
}
