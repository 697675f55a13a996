package io.boxwright.diffusion.loading;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Pipelines that consist of the same parts, by what {@code model_index.json} calls them. */
public enum PipelineFamily {
  /** Stable Diffusion 1.x and 2.x. */
  STABLE_DIFFUSION(
      "StableDiffusionPipeline",
      // Whatever they do with the parts: diffusers opens them alike.
      ".*StableDiffusion(?!XL|3|Cascade).*",
      List.of(
          new Part("tokenizer", null, "CLIPTokenizer", "CLIPTokenizerFast"),
          new Part("text_encoder", "model", "CLIPTextModel"),
          new Part("unet", "diffusion_pytorch_model", "UNet2DConditionModel"),
          new Part("vae", "diffusion_pytorch_model", "AutoencoderKL"),
          new Part("scheduler", null)));

  /**
   * A part that every pipeline of a family has.
   *
   * @param name of its folder
   * @param weights what its files of weights are called; null if it has none
   * @param classes what it may be; none leaves that to others to judge
   */
  public record Part(String name, String weights, List<String> classes) {

    private Part(String name, String weights, String... classes) {
      this(name, weights, List.of(classes));
    }
  }

  private final String pipeline;
  private final Pattern classNames;
  private final List<Part> parts;

  PipelineFamily(String pipeline, String classNames, List<Part> parts) {
    this.pipeline = pipeline;
    this.classNames = Pattern.compile(classNames);
    this.parts = parts;
  }

  /** The family of a {@code _class_name}, if there is one. */
  public static Optional<PipelineFamily> of(String className) {
    return Arrays.stream(values())
        .filter(family -> family.classNames.matcher(className).matches())
        .findFirst();
  }

  /** The class of its plain pipeline. */
  public String pipeline() {
    return pipeline;
  }

  /** What it consists of. */
  public List<Part> parts() {
    return parts;
  }
}
