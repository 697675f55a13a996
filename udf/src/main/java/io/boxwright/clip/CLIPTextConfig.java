package io.boxwright.clip;

import io.boxwright.loading.JsonConfig;
import java.nio.file.Path;

/**
 * {@code text_encoder/config.json}, transformers' {@code CLIPTextConfig}. A value that the file
 * lacks takes the default of that class.
 *
 * @param modelType {@code clip_text_model}
 * @param vocabSize rows of the token embedding, 49408 in Stable Diffusion
 * @param hiddenSize channels C
 * @param intermediateSize channels inside the MLPs
 * @param numHiddenLayers 12 in Stable Diffusion 1, 23 in 2
 * @param numAttentionHeads heads, a divisor of the hidden size
 * @param maxPositionEmbeddings longest prompt in tokens, at least 77
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

  /** Fills in the defaults and refuses what is not supported. */
  public CLIPTextConfig {
    modelType = orDefault(modelType, "clip_text_model");
    vocabSize = orDefault(vocabSize, 49408);
    hiddenSize = orDefault(hiddenSize, 512);
    intermediateSize = orDefault(intermediateSize, 2048);
    numHiddenLayers = orDefault(numHiddenLayers, 12);
    numAttentionHeads = orDefault(numAttentionHeads, 8);
    maxPositionEmbeddings = orDefault(maxPositionEmbeddings, 77);
    hiddenAct = orDefault(hiddenAct, "quick_gelu");
    layerNormEps = orDefault(layerNormEps, 1e-5);
    require(modelType.equals("clip_text_model"), "model_type", modelType, "clip_text_model");
    require(
        hiddenAct.equals("quick_gelu") || hiddenAct.equals("gelu"),
        "hidden_act",
        hiddenAct,
        "quick_gelu or gelu");
    require(
        numAttentionHeads > 0 && hiddenSize % numAttentionHeads == 0,
        "num_attention_heads",
        numAttentionHeads,
        "a divisor of hidden_size " + hiddenSize);
    require(
        maxPositionEmbeddings >= CLIPTokenizer.MODEL_MAX_LENGTH,
        "max_position_embeddings",
        maxPositionEmbeddings,
        CLIPTokenizer.MODEL_MAX_LENGTH + " or more");
  }

  /** Reads a {@code config.json}. */
  public static CLIPTextConfig read(Path file) {
    return JsonConfig.read(file, CLIPTextConfig.class);
  }

  private static <T> T orDefault(T value, T defaultValue) {
    return value == null ? defaultValue : value;
  }

  private static void require(boolean holds, String key, Object value, String supported) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s %s is not supported; use %s".formatted(key, value, supported));
    }
  }
}
