package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.layout.LayoutObject;
import java.util.List;
import java.util.Optional;

/**
 * All that one call of a pipeline is given. Arrays stay the caller's.
 *
 * @param requests one for each image, at least one
 * @param options what they share
 * @param latents standard normal noise to start from instead of that of the seeds, (B, C, h, w)
 * @param promptEmbeds the prompts' states, instead of encoding them, (B, T, D)
 * @param negativePromptEmbeds the negative prompts' states, (B, T, D)
 * @param callbackOnStepEnd called after each step
 */
public record GenerationInputs(
    List<GenerationRequest> requests,
    GenerationOptions options,
    Optional<NDArray> latents,
    Optional<NDArray> promptEmbeds,
    Optional<NDArray> negativePromptEmbeds,
    StepCallback callbackOnStepEnd) {

  /** Copies the list and checks that there is a request. */
  public GenerationInputs {
    requests = List.copyOf(requests);
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("There is nothing to generate: no requests");
    }
  }

  /** Without anything but requests and options. */
  public static GenerationInputs of(List<GenerationRequest> requests, GenerationOptions options) {
    return new GenerationInputs(
        requests,
        options,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        (step, timestep, latents) -> latents);
  }

  /** The same, starting from given noise (B, C, h, w). */
  public GenerationInputs withLatents(NDArray given) {
    return new GenerationInputs(
        requests,
        options,
        Optional.of(given),
        promptEmbeds,
        negativePromptEmbeds,
        callbackOnStepEnd);
  }

  /** The same with the prompts' states (B, T, D) given. */
  public GenerationInputs withPromptEmbeds(NDArray given) {
    return new GenerationInputs(
        requests, options, latents, Optional.of(given), negativePromptEmbeds, callbackOnStepEnd);
  }

  /** The same with the negative prompts' states (B, T, D) given. */
  public GenerationInputs withNegativePromptEmbeds(NDArray given) {
    return new GenerationInputs(
        requests, options, latents, promptEmbeds, Optional.of(given), callbackOnStepEnd);
  }

  /** The same with a callback. */
  public GenerationInputs withCallbackOnStepEnd(StepCallback callback) {
    return new GenerationInputs(
        requests, options, latents, promptEmbeds, negativePromptEmbeds, callback);
  }

  /** The objects of each request. */
  List<List<LayoutObject>> layouts() {
    return requests.stream().map(GenerationRequest::objects).toList();
  }

  /** A copy that belongs to a run, so that the caller's array is left alone. */
  static NDArray copyTo(NDManager run, NDArray given) {
    NDArray copy = given.toDevice(run.getDevice(), true);
    copy.attach(run);
    return copy;
  }
}
