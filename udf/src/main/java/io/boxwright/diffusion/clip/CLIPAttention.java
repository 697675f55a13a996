package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.torch.ArrayScope;

/** Transformers' {@code CLIPAttention}: self-attention of tokens or of patches. */
final class CLIPAttention {

  private final AttentionMask mask;
  private final int heads;
  private final Linear qProj;
  private final Linear kProj;
  private final Linear vProj;
  private final Linear outProj;

  private CLIPAttention(
      AttentionMask mask, int heads, Linear qProj, Linear kProj, Linear vProj, Linear outProj) {
    this.mask = mask;
    this.heads = heads;
    this.qProj = qProj;
    this.kProj = kProj;
    this.vProj = vProj;
    this.outProj = outProj;
  }

  static CLIPAttention load(StateDict weights, CLIPEncoderConfig config, AttentionMask mask) {
    long channels = config.hiddenSize();
    return new CLIPAttention(
        mask,
        config.numAttentionHeads(),
        Linear.load(weights.at("q_proj"), channels, channels),
        Linear.load(weights.at("k_proj"), channels, channels),
        Linear.load(weights.at("v_proj"), channels, channels),
        Linear.load(weights.at("out_proj"), channels, channels));
  }

  /** (B, N, C) -> (B, N, C). */
  NDArray forward(NDArray x) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray query = qProj.forwardToHeads(x, heads); // (B, heads, N, C/heads)
      NDArray key = kProj.forwardToHeads(x, heads);
      NDArray value = vProj.forwardToHeads(x, heads);
      NDArray attended = mask.attend(query, key, value);
      return scope.keep(outProj.forwardFromHeads(attended)); // (B, N, C)
    }
  }
}
