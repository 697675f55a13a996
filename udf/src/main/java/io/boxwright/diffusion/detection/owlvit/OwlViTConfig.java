package io.boxwright.diffusion.detection.owlvit;

import io.boxwright.diffusion.clip.CLIPTextConfig;
import io.boxwright.diffusion.clip.CLIPVisionConfig;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.diffusion.loading.JsonConfig;
import java.nio.file.Path;

/**
 * {@code config.json}, transformers' {@code OwlViTConfig} and {@code Owlv2Config}. A value that the
 * file lacks takes the default of that class.
 *
 * @param modelType {@code owlvit} or {@code owlv2}
 * @param textConfig the text side
 * @param visionConfig the vision side
 * @param projectionDim D, the length of the vectors that labels and patches are compared by: the
 *     {@code hidden_size} of the text side
 */
record OwlViTConfig(
    String modelType,
    CLIPTextConfig textConfig,
    CLIPVisionConfig visionConfig,
    Integer projectionDim) {

  /** Fills in the defaults and refuses what is not supported. */
  OwlViTConfig {
    modelType = modelType == null ? "owlvit" : modelType;
    boolean known = modelType.equals("owlvit") || modelType.equals("owlv2");
    ConfigValues.require(known, "model_type", modelType, "owlvit or owlv2");
    textConfig = textConfig == null ? CLIPTextConfig.ofType(modelType + "_text_model") : textConfig;
    visionConfig =
        visionConfig == null ? CLIPVisionConfig.ofType(modelType + "_vision_model") : visionConfig;
    projectionDim = projectionDim == null ? 512 : projectionDim;
    ConfigValues.require(
        projectionDim.equals(textConfig.hiddenSize()),
        "projection_dim",
        projectionDim,
        "hidden_size of text_config, " + textConfig.hiddenSize());
  }

  /** Reads a {@code config.json}. */
  static OwlViTConfig read(Path file) {
    return JsonConfig.read(file, OwlViTConfig.class);
  }
}
