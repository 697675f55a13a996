package io.boxwright.diffusion.clip;

import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.nn.ActivationFunction;
import io.boxwright.text.Printable;
import java.nio.file.Path;
import java.util.Map;

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
 * @param maxPositionEmbeddings longest prompt in tokens, at least 3
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
  private static final int MOST_CHANNELS = 1 << 16;
  private static final int MOST_LAYERS = 1000;

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
    ActivationFunction.ofTransformers(hiddenAct); // refuses what there is not
    ConfigValues.requireWithin("vocab_size", vocabSize, 1, MOST_TOKENS);
    ConfigValues.requireWithin("hidden_size", hiddenSize, 1, MOST_CHANNELS);
    ConfigValues.requireWithin("intermediate_size", intermediateSize, 1, MOST_CHANNELS);
    ConfigValues.requireWithin("num_hidden_layers", numHiddenLayers, 1, MOST_LAYERS);
    ConfigValues.requireWithin("num_attention_heads", numAttentionHeads, 1, MOST_CHANNELS);
    ConfigValues.requirePositive("layer_norm_eps", layerNormEps, 1);
    require(
        hiddenSize % numAttentionHeads == 0,
        "num_attention_heads",
        numAttentionHeads,
        "a divisor of hidden_size " + hiddenSize);
    ConfigValues.requireWithin("max_position_embeddings", maxPositionEmbeddings, 3, MOST_TOKENS);
  }

  /** Reads a {@code config.json}. */
  public static CLIPTextConfig read(Path file) {
    return JsonConfig.read(file, CLIPTextConfig.class, Map.of("use_attention_mask", "false"));
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
