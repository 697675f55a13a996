package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import io.boxwright.diffusion.loading.LearnedEmbedding;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Embedding;
import io.boxwright.torch.ArrayScope;
import java.util.List;

/** Transformers' {@code CLIPTextEmbeddings}: the sum of a token's embedding and its position's. */
final class CLIPTextEmbeddings {

  private final Embedding tokenEmbedding;
  private final NDArray positionEmbedding; // (max_position_embeddings, C)

  private CLIPTextEmbeddings(Embedding tokenEmbedding, NDArray positionEmbedding) {
    this.tokenEmbedding = tokenEmbedding;
    this.positionEmbedding = positionEmbedding;
  }

  static CLIPTextEmbeddings load(StateDict weights, CLIPTextConfig config) {
    return new CLIPTextEmbeddings(
        Embedding.load(weights.at("token_embedding"), config.vocabSize(), config.hiddenSize()),
        weights
            .at("position_embedding")
            .tensor("weight", config.maxPositionEmbeddings(), config.hiddenSize()));
  }

  /** Returns embeddings whose tokens from {@code firstId} on are learned ones. */
  CLIPTextEmbeddings withTokens(int firstId, List<LearnedEmbedding> learned) {
    Embedding embedding = tokenEmbedding;
    int id = firstId;
    for (LearnedEmbedding added : learned) {
      embedding = embedding.withRows(id, added::vectors);
      id += added.tokens().size();
    }
    return new CLIPTextEmbeddings(embedding, positionEmbedding);
  }

  /** (B, N) -> (B, N, C). */
  NDArray forward(NDArray inputIds) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray positions = positionEmbedding.get(new NDIndex(":{}", inputIds.getShape().get(1)));
      return scope.keep(tokenEmbedding.forward(inputIds).add(positions));
    }
  }
}
