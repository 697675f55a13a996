package io.boxwright.cli;

import io.boxwright.diffusion.pipelines.GenerationOptions;
import picocli.CommandLine.Option;

/** Options of all commands that denoise: how large images are and in what steps they are made. */
final class DenoisingOptions {

  @Option(
      names = "--height",
      paramLabel = "PIXELS",
      converter = CountConverter.class,
      description = "Height of the images. Default: the model's own.")
  private Integer height;

  @Option(
      names = "--width",
      paramLabel = "PIXELS",
      converter = CountConverter.class,
      description = "Width of the images. Default: the model's own.")
  private Integer width;

  @Option(
      names = "--scheduler",
      paramLabel = "CLASS",
      description =
          "Sampler, by its diffusers name, such as EulerDiscreteScheduler. Default: the model's"
              + " own.")
  private String scheduler;

  @Option(
      names = "--steps",
      defaultValue = "50",
      paramLabel = "N",
      converter = CountConverter.class,
      description = "Denoising steps. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--guidance-scale",
      defaultValue = "7.5",
      paramLabel = "X",
      description =
          "How closely images follow the prompt; 1 or less switches it off. Default:"
              + " ${DEFAULT-VALUE}.")
  private double guidanceScale;

  /**
   * Them, and the defaults of all others.
   *
   * @throws IllegalArgumentException naming the value that cannot be
   */
  GenerationOptions generationOptions() {
    return GenerationOptions.defaults()
        .withSize(orModels(height), orModels(width))
        .withNumInferenceSteps(steps)
        .withGuidanceScale(guidanceScale)
        .withScheduler(scheduler);
  }

  private static int orModels(Integer pixels) {
    return pixels == null ? 0 : pixels;
  }
}
