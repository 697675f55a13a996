package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.text.Count;
import io.boxwright.text.Printable;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.TorchKernels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The text side of a model that compares texts with images: tokenizer, text model and projection.
 * Threads may share it. Closing frees the tokenizer; weights belong to the manager.
 *
 * <p>Texts go through the network in passes of one number of rows, the last one filled up. So the
 * vector of a text does not depend on how many texts are given.
 */
public final class CLIPTextEmbedder implements AutoCloseable {

  private static final int ROWS_ON_GPU = 32;

  private final NDManager manager;
  private final CLIPTokenizer tokenizer;
  private final CLIPTextModel textModel;
  private final Linear projection;
  private final int channels;

  private CLIPTextEmbedder(
      NDManager manager,
      CLIPTokenizer tokenizer,
      CLIPTextModel textModel,
      Linear projection,
      int channels) {
    this.manager = manager;
    this.tokenizer = tokenizer;
    this.textModel = textModel;
    this.projection = projection;
    this.channels = channels;
  }

  /**
   * Loads the text side of a larger model, whose loader calls {@link StateDict#finish}.
   *
   * @param folder the folder with the tokenizer's files
   * @param weights the tensors {@code text_projection} and those below {@code text_model}
   * @param channels D, the length of a vector
   * @param manager the owner of the weights
   * @throws ModelLoadingException naming what is wrong with the tokenizer, or does not fit it
   */
  public static CLIPTextEmbedder load(
      Path folder, CLIPTextConfig config, StateDict weights, int channels, NDManager manager) {
    CLIPTextModel textModel = CLIPTextModel.create(config, weights.at("text_model"));
    Linear projection =
        Linear.loadWithoutBias(weights.at("text_projection"), config.hiddenSize(), channels);
    CLIPTokenizer tokenizer = CLIPTokenizer.fromPretrained(folder);
    try {
      requireFit(folder, tokenizer, config);
    } catch (ModelLoadingException e) {
      tokenizer.close();
      throw e;
    }
    return new CLIPTextEmbedder(manager, tokenizer, textModel, projection, channels);
  }

  private static void requireFit(Path folder, CLIPTokenizer tokenizer, CLIPTextConfig config) {
    if (tokenizer.largestId() >= config.vocabSize()) {
      throw new ModelLoadingException(
          "Cannot load a text model from %s: vocab_size of text_config in config.json is %d, but the tokenizer has a token of id %d"
              .formatted(folder, config.vocabSize(), tokenizer.largestId()));
    }
    if (tokenizer.modelMaxLength() > config.maxPositionEmbeddings()) {
      throw new ModelLoadingException(
          "Cannot load a text model from %s: model_max_length in tokenizer_config.json is %d, but max_position_embeddings of text_config in config.json is %d"
              .formatted(folder, tokenizer.modelMaxLength(), config.maxPositionEmbeddings()));
    }
  }

  /**
   * Checks that the text model reads a whole text.
   *
   * @throws IllegalArgumentException naming a text that is too long
   */
  public void requireFits(String text) {
    int length = tokenizer.encode(text).wholeLength();
    int most = tokenizer.modelMaxLength();
    if (length > most) {
      throw new IllegalArgumentException(
          "%s has %s, this model reads at most %d"
              .formatted(Printable.value(text), Count.of(length - 2, "token"), most - 2));
    }
  }

  /**
   * Computes the {@code text_embeds}, not normalised. A text that is too long is cut.
   *
   * @return one vector (D) for each text
   */
  public List<float[]> embed(List<String> texts) {
    List<TokenizedPrompt> prompts = texts.stream().map(tokenizer::encode).toList();
    int rows = manager.getDevice().isGpu() ? ROWS_ON_GPU : 1;
    List<float[]> vectors = new ArrayList<>();
    try (GradMode ignored = GradMode.disabled()) {
      for (int from = 0; from < prompts.size(); from += rows) {
        List<TokenizedPrompt> pass = prompts.subList(from, Math.min(from + rows, prompts.size()));
        float[] values = embed(pass, rows);
        for (int i = 0; i < pass.size(); i++) {
          vectors.add(Arrays.copyOfRange(values, i * channels, (i + 1) * channels));
        }
      }
    }
    return vectors;
  }

  /** Embeds texts in one pass: (rows, D), with copies of the last text at the end. */
  private float[] embed(List<TokenizedPrompt> prompts, int rows) {
    int length = tokenizer.modelMaxLength();
    long[] ids = new long[rows * length];
    long[] ends = new long[rows];
    for (int row = 0; row < rows; row++) {
      TokenizedPrompt prompt = prompts.get(Math.min(row, prompts.size() - 1));
      long[] tokens = Arrays.stream(prompt.ids()).asLongStream().toArray();
      System.arraycopy(tokens, 0, ids, row * length, length);
      ends[row] = (long) row * length + firstEnd(prompt);
    }
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      NDArray hidden = textModel.forward(manager.create(ids, new Shape(rows, length))); // (R, N, C)
      // A token sees only those before it, so padding after the end token changes nothing.
      NDArray pooled =
          TorchKernels.selectRows(
              hidden.reshape((long) rows * length, -1), manager.create(ends)); // (R, C)
      return TorchKernels.toType(projection.forward(pooled), DataType.FLOAT32).toFloatArray();
    }
  }

  /** Returns the place of the first end token, which a text may also spell out. */
  private static int firstEnd(TokenizedPrompt prompt) {
    int[] ids = prompt.ids();
    int end = ids[prompt.length() - 1];
    int place = 0;
    while (ids[place] != end) {
      place++;
    }
    return place;
  }

  /** Frees the tokenizer. */
  @Override
  public void close() {
    tokenizer.close();
  }
}
