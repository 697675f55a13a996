package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.loading.LearnedEmbedding;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.LayerNorm;
import io.boxwright.torch.ArrayScope;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The text encoder of Stable Diffusion, transformers' {@code CLIPTextModel}: token ids to one
 * vector a token. Weights belong to the manager it was loaded with; forward passes may run in
 * several threads.
 */
public final class CLIPTextModel {

  private static final Logger LOG = LoggerFactory.getLogger(CLIPTextModel.class);

  private final CLIPTextConfig config;
  private final CLIPTextEmbeddings embeddings;
  private final CLIPEncoder encoder;
  private final LayerNorm finalLayerNorm;

  private CLIPTextModel(
      CLIPTextConfig config,
      CLIPTextEmbeddings embeddings,
      CLIPEncoder encoder,
      LayerNorm finalLayerNorm) {
    this.config = config;
    this.embeddings = embeddings;
    this.encoder = encoder;
    this.finalLayerNorm = finalLayerNorm;
  }

  /**
   * Loads a {@code text_encoder} folder.
   *
   * @param folder with {@code config.json} and {@code model.safetensors}
   * @param variant of the weights, such as {@code fp16}; null for the plain ones
   * @param manager owns the weights; its device is where they go
   * @param dataType of the weights
   */
  public static CLIPTextModel fromPretrained(
      Path folder, String variant, NDManager manager, DataType dataType) {
    return load(
        CLIPTextConfig.read(folder.resolve("config.json")),
        StateDict.open("text_encoder", folder, "model", variant, manager, dataType),
        LOG::warn);
  }

  /**
   * Loads the model.
   *
   * @param config its {@code config.json}
   * @param stateDict all of its weights, as any version of transformers names them
   * @param onLeftOver is told if there are tensors that the model does not use
   */
  public static CLIPTextModel load(
      CLIPTextConfig config, StateDict stateDict, Consumer<String> onLeftOver) {
    StateDict weights =
        stateDict
            .withoutPrefix("text_model.") // written by transformers before version 5
            .without("embeddings.position_ids");
    CLIPTextModel model = create(config, weights);
    weights.finish().ifPresent(onLeftOver);
    return model;
  }

  /**
   * Creates the text model of a larger one, whose loader calls {@link StateDict#finish}.
   *
   * @param weights the tensors below {@code text_model}
   */
  public static CLIPTextModel create(CLIPTextConfig config, StateDict weights) {
    return new CLIPTextModel(
        config,
        CLIPTextEmbeddings.load(weights.at("embeddings"), config),
        CLIPEncoder.load(weights.at("encoder"), config.encoder(), AttentionMask.CAUSAL),
        LayerNorm.load(weights.at("final_layer_norm"), config.hiddenSize(), config.layerNormEps()));
  }

  /**
   * Returns the model with the tokens of textual inversions. Its table of embeddings takes the
   * place of this model's, which is closed.
   *
   * @param firstId the id of the first of these tokens; the others follow
   * @param learned the textual inversions
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming a file whose vectors have
   *     another length than the embeddings
   */
  public CLIPTextModel withTokens(int firstId, List<LearnedEmbedding> learned) {
    learned.forEach(embedding -> embedding.requireWidth(config.hiddenSize()));
    return new CLIPTextModel(
        config, embeddings.withTokens(firstId, learned), encoder, finalLayerNorm);
  }

  /** Returns the configuration of the model. */
  public CLIPTextConfig config() {
    return config;
  }

  /**
   * Computes the {@code last_hidden_state}: every token sees itself and those before it.
   *
   * @param inputIds (B, N), INT64, N at most {@code max_position_embeddings}
   * @return (B, N, C), after the final layer normalisation; belongs to the manager of inputIds
   */
  public NDArray forward(NDArray inputIds) {
    return forward(inputIds, 0);
  }

  /**
   * Computes the hidden states of an earlier layer, after the final layer normalisation: diffusers'
   * {@code clip_skip}.
   *
   * @param inputIds (B, N), INT64, N at most {@code max_position_embeddings}
   * @param clipSkip the number of last layers that are skipped, 0 to the number of layers
   * @return (B, N, C), after the final layer normalisation; belongs to the manager of inputIds
   */
  public NDArray forward(NDArray inputIds, int clipSkip) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray hiddenStates = embeddings.forward(inputIds); // (B, N) -> (B, N, C)
      return scope.keep(finalLayerNorm.forward(encoder.forward(hiddenStates, clipSkip)));
    }
  }
}
