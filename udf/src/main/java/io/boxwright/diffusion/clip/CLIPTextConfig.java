package io.boxwright.diffusion.clip;

import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.text.Printable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * {@code text_encoder/config.json}, or {@code text_config} of a larger model: transformers' {@code
 * CLIPTextConfig}, {@code OwlViTTextConfig} and {@code Owlv2TextConfig}. A value that the file
 * lacks takes the default of that class.
 *
 * @param modelType {@code clip_text_model}, {@code owlvit_text_model} or {@code owlv2_text_model}
 * @param vocabSize rows of the token embedding, 49408 in Stable Diffusion
 * @param hiddenSize channels C
 * @param intermediateSize channels inside the MLPs
 * @param numHiddenLayers 12 in Stable Diffusion 1, 23 in 2
 * @param numAttentionHeads heads, a divisor of the hidden size
 * @param maxPositionEmbeddings longest prompt in tokens, at least 3; 77 in CLIP, 16 in OWL-ViT
 * @param hiddenAct {@code quick_gelu} in Stable Diffusion 1, {@code gelu} in 2
 * @param layerNormEps epsilon of the layer normalisations
 */
public record CLIPTextConfig(
    String modelType,
    Integer vocabSize,
    Integer hiddenSize,
    Integer intermediateSize,
    Integer numHiddenLayers,
    Integer numAttentionHeads,
    Integer maxPositionEmbeddings,
    String hiddenAct,
    Double layerNormEps) {

  private static final int MOST_TOKENS = 10_000_000;
  private static final int CLIP_TOKENS = 77;
  private static final int OWL_TOKENS = 16;
  private static final String CLIP = "clip_text_model";
  private static final List<String> MODEL_TYPES =
      List.of(CLIP, "owlvit_text_model", "owlv2_text_model");

  /** Fills in the defaults and refuses what is not supported. */
  public CLIPTextConfig {
    modelType = orDefault(modelType, CLIP);
    vocabSize = orDefault(vocabSize, 49408);
    hiddenSize = orDefault(hiddenSize, 512);
    intermediateSize = orDefault(intermediateSize, 2048);
    numHiddenLayers = orDefault(numHiddenLayers, 12);
    numAttentionHeads = orDefault(numAttentionHeads, 8);
    maxPositionEmbeddings =
        orDefault(maxPositionEmbeddings, modelType.equals(CLIP) ? CLIP_TOKENS : OWL_TOKENS);
    hiddenAct = orDefault(hiddenAct, "quick_gelu");
    layerNormEps = orDefault(layerNormEps, 1e-5);
    require(
        MODEL_TYPES.contains(modelType), "model_type", modelType, String.join(", ", MODEL_TYPES));
    ConfigValues.requireWithin("vocab_size", vocabSize, 1, MOST_TOKENS);
    new CLIPEncoderConfig(
        hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads, hiddenAct, layerNormEps);
    ConfigValues.requireWithin("max_position_embeddings", maxPositionEmbeddings, 3, MOST_TOKENS);
  }

  /** Reads a {@code config.json}. */
  public static CLIPTextConfig read(Path file) {
    return JsonConfig.read(file, CLIPTextConfig.class, Map.of("use_attention_mask", "false"));
  }

  /** Makes the text model's configuration of all defaults of a model type. */
  public static CLIPTextConfig ofType(String modelType) {
    return new CLIPTextConfig(modelType, null, null, null, null, null, null, null, null);
  }

  /** Returns the sizes of the encoder's layers. */
  CLIPEncoderConfig encoder() {
    return new CLIPEncoderConfig(
        hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads, hiddenAct, layerNormEps);
  }

  private static <T> T orDefault(T value, T defaultValue) {
    return value == null ? defaultValue : value;
  }

  private static void require(boolean holds, String key, Object value, String supported) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s %s is not supported; use %s".formatted(key, Printable.value(value), supported));
    }
  }
}
