package io.boxwright.cli;

import io.boxwright.cli.OptionGroup.Part;
import io.boxwright.diffusion.pipelines.GenerationOptions;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of all commands that denoise: the size of images and the steps that make them. */
@OptionGroup(Part.SAMPLING)
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
      names = "--prediction-type",
      paramLabel = "TYPE",
      description =
          "What the UNet predicts: epsilon, v_prediction or sample. Default: as the model's scheduler"
              + " says; for single files see udf/docs/models.md.")
  private String predictionType;

  @Option(
      names = "--steps",
      defaultValue = "50",
      paramLabel = "N",
      converter = CountConverter.class,
      description = "Denoising steps. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--timesteps",
      split = ",",
      paramLabel = "T",
      description =
          "Timesteps of the denoising steps, from the highest down, in place of --steps, such as"
              + " 999,850,736,645,545,455,343,233,124,24. Not every scheduler takes them.")
  private List<Integer> timesteps;

  @Option(
      names = "--sigmas",
      split = ",",
      paramLabel = "X",
      description =
          "Deviations of the noise before the denoising steps and after the last, in place of --steps,"
              + " such as 14.6,6.5,2.7,0.9,0.2,0. EulerDiscreteScheduler and EDMEulerScheduler take them.")
  private List<Double> sigmas;

  @Option(
      names = "--guidance-scale",
      defaultValue = "7.5",
      paramLabel = "X",
      description =
          "Weight of the prompt; 1 or less switches classifier-free guidance off. Default:"
              + " ${DEFAULT-VALUE}.")
  private double guidanceScale;

  @Option(
      names = "--guidance-rescale",
      defaultValue = "0",
      paramLabel = "X",
      description =
          "Keeps images from getting too bright under a large --guidance-scale, 0 to 1, such as 0.7."
              + " Default: ${DEFAULT-VALUE}, off.")
  private double guidanceRescale;

  @Option(
      names = "--cfg-cutoff",
      defaultValue = "1",
      paramLabel = "X",
      description =
          "Share of the steps after which classifier-free guidance ends, 0 to 1; the steps after it"
              + " take half of the time. Default: ${DEFAULT-VALUE}, never.")
  private double cutoffStepRatio;

  @Option(
      names = "--deep-cache",
      defaultValue = "1",
      paramLabel = "N",
      converter = CountConverter.class,
      description =
          "Runs the whole UNet only in every Nth step after the guided ones; the steps between reuse"
              + " most of its features. Faster, but images change (DeepCache). Default:"
              + " ${DEFAULT-VALUE}, in every step.")
  private int cacheInterval;

  @Option(
      names = "--clip-skip",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "Last layers of the text encoder that prompts skip, as some fine-tuned models want."
              + " Default: ${DEFAULT-VALUE}.")
  private int clipSkip;

  /**
   * Returns these options, with the defaults of all others.
   *
   * @throws IllegalArgumentException naming the value that is out of range
   */
  GenerationOptions generationOptions() {
    return GenerationOptions.defaults()
        .withSize(orZero(height), orZero(width))
        .withNumInferenceSteps(steps)
        .withTimesteps(timesteps)
        .withSigmas(sigmas)
        .withGuidanceScale(guidanceScale)
        .withGuidanceRescale(guidanceRescale)
        .withCutoffStepRatio(cutoffStepRatio)
        .withCacheInterval(cacheInterval)
        .withClipSkip(clipSkip)
        .withScheduler(scheduler)
        .withPredictionType(predictionType);
  }

  /** Returns a size in pixels; 0 stands for the model's own. */
  private static int orZero(Integer pixels) {
    return pixels == null ? 0 : pixels;
  }
}
