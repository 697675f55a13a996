package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.models.AutoencoderKLConfig;
import io.boxwright.diffusion.models.UNet2DConditionConfig;
import io.boxwright.diffusion.schedulers.SchedulerConfig;

/** Checks of the inputs and options of a model: diffusers' {@code check_inputs}. */
final class InputChecks {

  private final UNet2DConditionConfig unet;
  private final AutoencoderKLConfig vae;
  private final SchedulerConfig scheduler;
  private final int textLayers;

  /**
   * Creates checks.
   *
   * @param unet the configuration that gives the shapes of latents and prompts' states
   * @param vae the configuration that says how much smaller latents are than images
   * @param scheduler the configuration in the model's folder
   * @param textLayers the number of layers of the text encoder
   */
  InputChecks(
      UNet2DConditionConfig unet,
      AutoencoderKLConfig vae,
      SchedulerConfig scheduler,
      int textLayers) {
    this.unet = unet;
    this.vae = vae;
    this.scheduler = scheduler;
    this.textLayers = textLayers;
  }

  /** Returns the UNet's configuration. */
  UNet2DConditionConfig unet() {
    return unet;
  }

  /** Returns the options, with the model's own height or width in place of a 0. */
  GenerationOptions withModelSize(GenerationOptions options) {
    int factor = vae.scaleFactor();
    return options.withSize(
        options.height() == 0 ? unet.sampleSize().get(0) * factor : options.height(),
        options.width() == 0 ? unet.sampleSize().get(1) * factor : options.width());
  }

  /** Returns the shape of the latents of some rows, (rows, C, h, w). */
  Shape latentShape(int rows, GenerationOptions options) {
    int factor = vae.scaleFactor();
    return new Shape(rows, unet.inChannels(), options.height() / factor, options.width() / factor);
  }

  /**
   * Checks the size of the images, the skipped layers, and the scheduler.
   *
   * @throws IllegalArgumentException naming the option, or the value of the configuration
   */
  void checkOptions(GenerationOptions options) {
    checkSize(options);
    checkScheduler(options);
  }

  /**
   * Checks the size of the images and the skipped layers.
   *
   * @throws IllegalArgumentException naming the option
   */
  void checkSize(GenerationOptions options) {
    options.requireSizeMultipleOf(vae.scaleFactor());
    options.requireLayers(textLayers);
  }

  /**
   * Checks that the scheduler can be made and takes the number of steps.
   *
   * @throws IllegalArgumentException naming the option, or the value of the configuration
   */
  void checkScheduler(GenerationOptions options) {
    new RunScheduler(scheduler, options).check();
  }

  /**
   * Checks inputs and options.
   *
   * @param options the options, after {@link #withModelSize}
   * @param promptTokens the number T of tokens in {@code prompt_embeds} (B, T, D)
   * @throws IllegalArgumentException naming the input or option
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

  /**
   * Checks the shape of an array.
   *
   * @throws IllegalArgumentException naming it, if it has another
   */
  static void requireShape(String name, NDArray given, Shape wanted) {
    if (!given.getShape().equals(wanted)) {
      throw new IllegalArgumentException(
          "Invalid %s: shape %s, it must be %s".formatted(name, given.getShape(), wanted));
    }
  }
}
