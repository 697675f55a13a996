package io.boxwright.diffusion.loading;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A family of pipelines that consist of the same parts. Their class names in {@code
 * model_index.json} tell the family.
 */
public enum PipelineFamily {
  /** Stable Diffusion 1.x and 2.x. */
  STABLE_DIFFUSION(
      "StableDiffusionPipeline",
      // Any use of the parts will do, because diffusers opens all these pipelines alike.
      ".*StableDiffusion(?!XL|3|Cascade).*"
          + "|(CycleDiffusion|LatentConsistencyModel(Img2Img)?|TextToVideoZero)Pipeline",
      List.of(
          new Part("tokenizer", null, "CLIPTokenizer", "CLIPTokenizerFast"),
          new Part("text_encoder", "model", "CLIPTextModel"),
          new Part("unet", "diffusion_pytorch_model", "UNet2DConditionModel"),
          new Part("vae", "diffusion_pytorch_model", "AutoencoderKL"),
          new Part("scheduler", null)),
      List.of(
          new Part("safety_checker", "model", "StableDiffusionSafetyChecker"),
          new Part("image_encoder", "model", "CLIPVisionModelWithProjection"),
          new Part(
              "feature_extractor",
              null,
              "CLIPImageProcessor",
              "CLIPImageProcessorPil",
              "CLIPImageProcessorFast",
              "CLIPFeatureExtractor")));

  /**
   * A part of the pipelines of a family.
   *
   * @param name the name of its folder
   * @param weights the name of its weight files, without suffix; null if it has none
   * @param classes the classes that it may be of; empty if that is checked elsewhere
   */
  public record Part(String name, String weights, List<String> classes) {

    private Part(String name, String weights, String... classes) {
      this(name, weights, List.of(classes));
    }
  }

  private final String pipeline;
  private final Pattern classNames;
  private final List<Part> parts;
  private final List<Part> optionalParts;

  PipelineFamily(String pipeline, String classNames, List<Part> parts, List<Part> optionalParts) {
    this.pipeline = pipeline;
    this.classNames = Pattern.compile(classNames);
    this.parts = parts;
    this.optionalParts = optionalParts;
  }

  /** Returns the family of a {@code _class_name}, if there is one. */
  public static Optional<PipelineFamily> of(String className) {
    return Arrays.stream(values())
        .filter(family -> family.classNames.matcher(className).matches())
        .findFirst();
  }

  /** Returns the class of its plain pipeline. */
  public String pipeline() {
    return pipeline;
  }

  /** Returns the parts that every pipeline has. */
  public List<Part> parts() {
    return parts;
  }

  /** Returns the parts that a pipeline may have. */
  public List<Part> optionalParts() {
    return optionalParts;
  }
}
