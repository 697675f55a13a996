package io.boxwright.diffusion.clip;

import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.diffusion.nn.ActivationFunction;

/**
 * The sizes of the layers of an encoder of text or images.
 *
 * @param hiddenSize channels C
 * @param intermediateSize channels inside the MLPs
 * @param numHiddenLayers layers
 * @param numAttentionHeads heads, a divisor of the hidden size
 * @param hiddenAct the activation by transformers' name, such as {@code quick_gelu}
 * @param layerNormEps epsilon of the layer normalisations, greater than 0
 */
record CLIPEncoderConfig(
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    String hiddenAct,
    double layerNormEps) {

  private static final int MOST_CHANNELS = 1 << 16;
  private static final int MOST_LAYERS = 1000;

  /** Refuses what is not supported, with the keys of {@code config.json}. */
  CLIPEncoderConfig {
    ActivationFunction.ofTransformers(hiddenAct); // refuses what there is not
    ConfigValues.requireWithin("hidden_size", hiddenSize, 1, MOST_CHANNELS);
    ConfigValues.requireWithin("intermediate_size", intermediateSize, 1, MOST_CHANNELS);
    ConfigValues.requireWithin("num_hidden_layers", numHiddenLayers, 1, MOST_LAYERS);
    ConfigValues.requireWithin("num_attention_heads", numAttentionHeads, 1, MOST_CHANNELS);
    ConfigValues.requirePositive("layer_norm_eps", layerNormEps, 1);
    if (hiddenSize % numAttentionHeads != 0) {
      throw new IllegalArgumentException(
          "num_attention_heads %d is not supported; use a divisor of hidden_size %d"
              .formatted(numAttentionHeads, hiddenSize));
    }
  }
}
