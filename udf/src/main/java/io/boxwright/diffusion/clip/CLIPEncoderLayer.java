package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.LayerNorm;
import io.boxwright.torch.ArrayScope;

/** Transformers' {@code CLIPEncoderLayer}: attention, then an MLP, each added to its input. */
final class CLIPEncoderLayer {

  private final LayerNorm layerNorm1;
  private final CLIPAttention selfAttn;
  private final LayerNorm layerNorm2;
  private final CLIPMLP mlp;

  private CLIPEncoderLayer(
      LayerNorm layerNorm1, CLIPAttention selfAttn, LayerNorm layerNorm2, CLIPMLP mlp) {
    this.layerNorm1 = layerNorm1;
    this.selfAttn = selfAttn;
    this.layerNorm2 = layerNorm2;
    this.mlp = mlp;
  }

  static CLIPEncoderLayer load(StateDict weights, CLIPEncoderConfig config, AttentionMask mask) {
    return new CLIPEncoderLayer(
        LayerNorm.load(weights.at("layer_norm1"), config.hiddenSize(), config.layerNormEps()),
        CLIPAttention.load(weights.at("self_attn"), config, mask),
        LayerNorm.load(weights.at("layer_norm2"), config.hiddenSize(), config.layerNormEps()),
        CLIPMLP.load(weights.at("mlp"), config));
  }

  /** (B, N, C) -> (B, N, C). */
  NDArray forward(NDArray x) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray attended = x.add(selfAttn.forward(layerNorm1.forward(x)));
      return scope.keep(attended.add(mlp.forward(layerNorm2.forward(attended))));
    }
  }
}
