package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.LayerNorm;
import io.boxwright.torch.ArrayScope;

/**
 * The vision transformer of CLIP and OWL-ViT, transformers' {@code CLIPVisionModel}: pixels to one
 * vector for the whole image and one for each patch. Weights belong to the manager that they were
 * read with; forward passes may run in several threads.
 */
public final class CLIPVisionModel {

  private final CLIPVisionEmbeddings embeddings;
  private final LayerNorm preLayerNorm;
  private final CLIPEncoder encoder;
  private final LayerNorm postLayerNorm;

  private CLIPVisionModel(
      CLIPVisionEmbeddings embeddings,
      LayerNorm preLayerNorm,
      CLIPEncoder encoder,
      LayerNorm postLayerNorm) {
    this.embeddings = embeddings;
    this.preLayerNorm = preLayerNorm;
    this.encoder = encoder;
    this.postLayerNorm = postLayerNorm;
  }

  /**
   * Creates the vision model of a larger one, whose loader calls {@link StateDict#finish}.
   *
   * @param weights the tensors below {@code vision_model}
   * @param preLayerNorm the name of the first normalisation: {@code pre_layrnorm} in CLIP, {@code
   *     pre_layernorm} in OWL-ViT
   */
  public static CLIPVisionModel create(
      CLIPVisionConfig config, StateDict weights, String preLayerNorm) {
    int channels = config.hiddenSize();
    return new CLIPVisionModel(
        CLIPVisionEmbeddings.load(weights.at("embeddings"), config),
        LayerNorm.load(weights.at(preLayerNorm), channels, config.layerNormEps()),
        CLIPEncoder.load(weights.at("encoder"), config.encoder(), AttentionMask.NONE),
        LayerNorm.load(weights.at("post_layernorm"), channels, config.layerNormEps()));
  }

  /**
   * Computes the {@code last_hidden_state}.
   *
   * @param pixels (B, 3, H, W), H = W = {@code image_size}, of the type and device of the weights
   * @return (B, 1 + P, C), the class token first, before {@link #normalize}; belongs to the manager
   *     of pixels
   */
  public NDArray forward(NDArray pixels) {
    return forward(pixels, 0);
  }

  /**
   * Computes the states before the last layers: {@code hidden_states[-1 - skipped]}.
   *
   * @param pixels as in {@link #forward(NDArray)}
   * @param skipped the number of layers that do not run
   * @return (B, 1 + P, C), before {@link #normalize}; belongs to the manager of pixels
   */
  NDArray forward(NDArray pixels, int skipped) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray tokens = preLayerNorm.forward(embeddings.forward(pixels)); // (B, 1 + P, C)
      return scope.keep(encoder.forward(tokens, skipped));
    }
  }

  /** Applies the last layer normalisation: (..., C) -> (..., C). */
  public NDArray normalize(NDArray tokens) {
    return postLayerNorm.forward(tokens);
  }
}
