package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.models.AutoencoderKLConfig;
import io.boxwright.diffusion.models.UNet2DConditionConfig;
import io.boxwright.diffusion.schedulers.SchedulerConfig;

/**
 * What a model takes: diffusers' {@code check_inputs}.
 *
 * @param unet what the latents and the prompts' states go into
 * @param vae says how much smaller latents are than images
 * @param scheduler of the model's folder
 */
record InputChecks(UNet2DConditionConfig unet, AutoencoderKLConfig vae, SchedulerConfig scheduler) {

  /** The options with the model's own size where they leave it open. */
  GenerationOptions withModelSize(GenerationOptions options) {
    int factor = vae.scaleFactor();
    return options.withSize(
        options.height() == 0 ? unet.sampleSize().get(0) * factor : options.height(),
        options.width() == 0 ? unet.sampleSize().get(1) * factor : options.width());
  }

  /** (B, C, h, w) of B rows. */
  Shape latentShape(int rows, GenerationOptions options) {
    int factor = vae.scaleFactor();
    return new Shape(rows, unet.inChannels(), options.height() / factor, options.width() / factor);
  }

  /**
   * Checks options.
   *
   * @throws IllegalArgumentException naming the option
   */
  void checkOptions(GenerationOptions options) {
    checkSize(options);
    checkScheduler(options);
  }

  /**
   * Checks the size of the images.
   *
   * @throws IllegalArgumentException naming the option
   */
  void checkSize(GenerationOptions options) {
    options.requireSizeMultipleOf(vae.scaleFactor());
  }

  /**
   * Checks that a scheduler can be made and takes as many steps.
   *
   * @throws IllegalArgumentException naming the option, or the value of the configuration
   */
  void checkScheduler(GenerationOptions options) {
    options.checkScheduler(scheduler);
  }

  /**
   * Checks inputs, with options {@link #withModelSize}.
   *
   * @param promptTokens T of {@code prompt_embeds} (B, T, D)
   * @throws IllegalArgumentException naming the input
   */
  void check(GenerationInputs inputs, GenerationOptions options, int promptTokens) {
    checkOptions(options);
    int rows = inputs.requests().size();
    if (inputs.promptEmbeds().isEmpty()) {
      inputs.requests().stream()
          .filter(request -> !request.isPadding())
          .forEach(InputChecks::requirePrompt);
    }
    inputs.latents().ifPresent(given -> requireShape("latents", given, latentShape(rows, options)));
    Shape embeds = new Shape(rows, promptTokens, unet.crossAttentionDim().get(0)); // (B, T, D)
    inputs.promptEmbeds().ifPresent(given -> requireShape("prompt_embeds", given, embeds));
    inputs
        .negativePromptEmbeds()
        .ifPresent(given -> requireShape("negative_prompt_embeds", given, embeds));
  }

  /**
   * Checks that a request has a prompt.
   *
   * @throws IllegalArgumentException if it has none
   */
  static void requirePrompt(GenerationRequest request) {
    if (request.prompt() == null || request.prompt().isBlank()) {
      throw new IllegalArgumentException("Invalid prompt: it is empty");
    }
  }

  private static void requireShape(String name, NDArray given, Shape wanted) {
    if (!given.getShape().equals(wanted)) {
      throw new IllegalArgumentException(
          "Invalid %s: shape %s, it must be %s".formatted(name, given.getShape(), wanted));
    }
  }
}
