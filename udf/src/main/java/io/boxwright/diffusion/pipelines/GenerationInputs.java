package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.layout.LayoutObject;
import java.util.List;
import java.util.Optional;

/**
 * The inputs of one call of a pipeline. The caller owns and closes the arrays.
 *
 * @param requests the requests, one for each image, at least one
 * @param options the options of all images
 * @param latents the standard normal noise to start from, instead of noise from the seeds, (B, C,
 *     h, w)
 * @param promptEmbeds the prompts' states, which then are not encoded, (B, T, D)
 * @param negativePromptEmbeds the negative prompts' states, (B, T, D)
 * @param callbackOnStepEnd the callback after each step
 */
public record GenerationInputs(
    List<GenerationRequest> requests,
    GenerationOptions options,
    Optional<NDArray> latents,
    Optional<NDArray> promptEmbeds,
    Optional<NDArray> negativePromptEmbeds,
    StepCallback callbackOnStepEnd) {

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there is no request
   */
  public GenerationInputs {
    requests = List.copyOf(requests);
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("There is nothing to generate: no requests");
    }
  }

  /** Creates inputs that have only requests and options. */
  public static GenerationInputs of(List<GenerationRequest> requests, GenerationOptions options) {
    return new GenerationInputs(
        requests,
        options,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        (step, timestep, tensors) -> tensors);
  }

  /** Returns the same inputs with given noise to start from, (B, C, h, w). */
  public GenerationInputs withLatents(NDArray given) {
    return new GenerationInputs(
        requests,
        options,
        Optional.of(given),
        promptEmbeds,
        negativePromptEmbeds,
        callbackOnStepEnd);
  }

  /** Returns the same inputs with given states of the prompts, (B, T, D). */
  public GenerationInputs withPromptEmbeds(NDArray given) {
    return new GenerationInputs(
        requests, options, latents, Optional.of(given), negativePromptEmbeds, callbackOnStepEnd);
  }

  /** Returns the same inputs with given states of the negative prompts, (B, T, D). */
  public GenerationInputs withNegativePromptEmbeds(NDArray given) {
    return new GenerationInputs(
        requests, options, latents, promptEmbeds, Optional.of(given), callbackOnStepEnd);
  }

  /** Returns the same inputs with a callback. */
  public GenerationInputs withCallbackOnStepEnd(StepCallback callback) {
    return new GenerationInputs(
        requests, options, latents, promptEmbeds, negativePromptEmbeds, callback);
  }

  /** Returns the same inputs with other requests, one for each of these. */
  GenerationInputs withRequests(List<GenerationRequest> others) {
    return new GenerationInputs(
        others, options, latents, promptEmbeds, negativePromptEmbeds, callbackOnStepEnd);
  }

  /** Returns the objects of each request. */
  List<List<LayoutObject>> layouts() {
    return requests.stream().map(GenerationRequest::objects).toList();
  }

  /** Returns a copy that belongs to a run, so the caller's array stays unchanged. */
  static NDArray copyTo(NDManager run, NDArray given) {
    NDArray copy = given.toDevice(run.getDevice(), true);
    copy.attach(run);
    return copy;
  }
}
