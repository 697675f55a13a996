package io.boxwright.diffusion.clip;

import io.boxwright.diffusion.loading.ConfigValues;
import java.util.Map;

/**
 * {@code vision_config} of a model: transformers' {@code CLIPVisionConfig}, {@code
 * OwlViTVisionConfig} and {@code Owlv2VisionConfig}. A value that the file lacks takes the default
 * of that class.
 *
 * @param modelType {@code clip_vision_model}, {@code owlvit_vision_model} or {@code
 *     owlv2_vision_model}
 * @param hiddenSize channels C
 * @param intermediateSize channels inside the MLPs
 * @param numHiddenLayers layers
 * @param numAttentionHeads heads, a divisor of the hidden size
 * @param numChannels channels of the image, 3
 * @param imageSize height and width of the image in pixels
 * @param patchSize height and width of a patch in pixels, at most {@code imageSize}
 * @param hiddenAct the activation, {@code quick_gelu} in most models
 * @param layerNormEps epsilon of the layer normalisations
 */
public record CLIPVisionConfig(
    String modelType,
    Integer hiddenSize,
    Integer intermediateSize,
    Integer numHiddenLayers,
    Integer numAttentionHeads,
    Integer numChannels,
    Integer imageSize,
    Integer patchSize,
    String hiddenAct,
    Double layerNormEps) {

  private static final int LARGEST_IMAGE = 1 << 14;
  private static final String CLIP = "clip_vision_model";

  /** The default sizes of image and patch, in pixels. */
  private record Sizes(int image, int patch) {}

  private static final Map<String, Sizes> MODEL_TYPES =
      Map.of(
          CLIP,
          new Sizes(224, 32),
          "owlvit_vision_model",
          new Sizes(768, 32),
          "owlv2_vision_model",
          new Sizes(768, 16));

  /** Fills in the defaults and refuses what is not supported. */
  public CLIPVisionConfig {
    modelType = orDefault(modelType, CLIP);
    ConfigValues.require(
        MODEL_TYPES.containsKey(modelType),
        "model_type",
        modelType,
        "one of " + String.join(", ", MODEL_TYPES.keySet().stream().sorted().toList()));
    hiddenSize = orDefault(hiddenSize, 768);
    intermediateSize = orDefault(intermediateSize, 3072);
    numHiddenLayers = orDefault(numHiddenLayers, 12);
    numAttentionHeads = orDefault(numAttentionHeads, 12);
    numChannels = orDefault(numChannels, 3);
    imageSize = orDefault(imageSize, MODEL_TYPES.get(modelType).image());
    patchSize = orDefault(patchSize, MODEL_TYPES.get(modelType).patch());
    hiddenAct = orDefault(hiddenAct, "quick_gelu");
    layerNormEps = orDefault(layerNormEps, 1e-5);
    new CLIPEncoderConfig(
        hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads, hiddenAct, layerNormEps);
    ConfigValues.requireWithin("num_channels", numChannels, 3, 3);
    ConfigValues.requireWithin("image_size", imageSize, 1, LARGEST_IMAGE);
    ConfigValues.requireWithin("patch_size", patchSize, 1, imageSize);
  }

  /** Makes the configuration of all defaults of a model type. */
  public static CLIPVisionConfig ofType(String modelType) {
    return new CLIPVisionConfig(modelType, null, null, null, null, null, null, null, null, null);
  }

  /** Returns the number of patches in a row, and of rows. */
  public int patchesPerSide() {
    return imageSize / patchSize;
  }

  /** Returns the sizes of the encoder's layers. */
  CLIPEncoderConfig encoder() {
    return new CLIPEncoderConfig(
        hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads, hiddenAct, layerNormEps);
  }

  private static <T> T orDefault(T value, T defaultValue) {
    return value == null ? defaultValue : value;
  }
}
