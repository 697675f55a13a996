package io.boxwright.diffusion.models.attention;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.torch.ArrayScope;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Multi-head attention, diffusers' {@code Attention}: the projections and a processor that uses
 * them. The processor may be changed between forward passes, not during one.
 */
public final class Attention {

  private final String path;
  private final int heads;
  private final double scale;
  private final Linear toQ;
  private final Linear toK;
  private final Linear toV;
  private final Linear toOut;
  private final long queryDim;
  private final long encoderDim;
  private AttentionProcessor processor = new AttnProcessor();
  private ImageAttention imageAttention; // null: no IP-Adapter

  /**
   * Loads the projections of an attention in a transformer block, where only the output has a bias.
   *
   * @param weights the weights at the attention's path
   * @param heads number of heads
   * @param queryDim channels of the queries, and of all heads together
   * @param encoderDim channels of the states that are attended to
   */
  public Attention(StateDict weights, int heads, long queryDim, long encoderDim) {
    this(
        weights,
        heads,
        queryDim,
        encoderDim,
        Linear.loadWithoutBias(weights.at("to_q"), queryDim, queryDim),
        Linear.loadWithoutBias(weights.at("to_k"), encoderDim, queryDim),
        Linear.loadWithoutBias(weights.at("to_v"), encoderDim, queryDim));
  }

  private Attention(
      StateDict weights,
      int heads,
      long queryDim,
      long encoderDim,
      Linear toQ,
      Linear toK,
      Linear toV) {
    this.path = weights.path();
    this.heads = heads;
    this.queryDim = queryDim;
    this.encoderDim = encoderDim;
    this.scale = 1 / Math.sqrt((double) queryDim / heads);
    this.toQ = toQ;
    this.toK = toK;
    this.toV = toV;
    this.toOut = Linear.load(weights.at("to_out.0"), queryDim, queryDim);
  }

  /** Loads a self-attention of one head in which every projection has a bias, as in the VAE. */
  static Attention loadWithBias(StateDict weights, long channels) {
    return new Attention(
        weights,
        1,
        channels,
        channels,
        Linear.load(weights.at("to_q"), channels, channels),
        Linear.load(weights.at("to_k"), channels, channels),
        Linear.load(weights.at("to_v"), channels, channels));
  }

  /**
   * Returns the path in the model, such as {@code
   * mid_block.attentions.0.transformer_blocks.0.attn2}.
   */
  public String path() {
    return path;
  }

  /**
   * Returns the factor that scores are multiplied by before the softmax: {@code 1 / sqrt(C /
   * heads)}.
   */
  public double scale() {
    return scale;
  }

  /** Returns the processor that computes the attention. */
  public AttentionProcessor processor() {
    return processor;
  }

  /** Changes the processor, from the next forward pass on. */
  public void setProcessor(AttentionProcessor newProcessor) {
    processor = newProcessor;
  }

  /**
   * Loads the layers with which this attention attends to pictures, too.
   *
   * @param weights the tensors {@code to_k_ip} and {@code to_v_ip}
   * @param prompts gives the pictures of each forward pass, if it has any
   */
  public void loadImageAttention(StateDict weights, Supplier<Optional<ImagePrompts>> prompts) {
    imageAttention = new ImageAttention(weights, queryDim, encoderDim, prompts);
  }

  /** Computes self-attention: (B, N, C) -> (B, N, C). */
  public NDArray forward(NDArray hiddenStates) {
    return processor.process(this, hiddenStates, hiddenStates);
  }

  /** Computes cross-attention: (B, N, C) to (B, T, D) -> (B, N, C). */
  public NDArray forward(NDArray hiddenStates, NDArray encoderHiddenStates) {
    return processor.process(this, hiddenStates, encoderHiddenStates);
  }

  /**
   * Computes the default attention, for processors: {@link #query}, {@link #key}, {@link #value},
   * fused attention that never holds the probabilities, {@link #addImages} and {@link #output}.
   *
   * @param hiddenStates (B, N, C)
   * @param encoderHiddenStates (B, T, D)
   * @return (B, N, C)
   */
  public NDArray attend(NDArray hiddenStates, NDArray encoderHiddenStates) {
    if (imageAttention == null && toQ.bias() == null) {
      return Functional.attention(
          hiddenStates,
          encoderHiddenStates,
          toQ.weight(),
          toK.weight(),
          toV.weight(),
          toOut.weight(),
          toOut.bias(),
          heads);
    }
    try (ArrayScope scope = new ArrayScope()) {
      NDArray query = query(hiddenStates); // (B, heads, N, C/heads)
      NDArray key = key(encoderHiddenStates); // (B, heads, T, C/heads)
      NDArray value = value(encoderHiddenStates); // (B, heads, T, C/heads)
      NDArray attended = Functional.scaledDotProductAttention(query, key, value);
      return scope.keep(output(addImages(query, attended))); // (B, N, C)
    }
  }

  /** Projects states to queries, for processors: (B, N, C) -> (B, heads, N, C/heads). */
  public NDArray query(NDArray hiddenStates) {
    return toQ.forwardToHeads(hiddenStates, heads);
  }

  /** Projects states to keys, for processors: (B, T, D) -> (B, heads, T, C/heads). */
  public NDArray key(NDArray encoderHiddenStates) {
    return toK.forwardToHeads(encoderHiddenStates, heads);
  }

  /** Projects states to values, for processors: (B, T, D) -> (B, heads, T, C/heads). */
  public NDArray value(NDArray encoderHiddenStates) {
    return toV.forwardToHeads(encoderHiddenStates, heads);
  }

  /**
   * Adds what the queries find in the pictures of an IP-Adapter, for processors. They call this
   * between the attention to the prompt, whose probabilities stay as they are, and {@link #output}.
   *
   * @param query the queries, (B, heads, N, C/heads)
   * @param attended what they find in the prompt, (B, heads, N, C/heads)
   * @return the sum, (B, heads, N, C/heads); the same array if there are no pictures
   */
  public NDArray addImages(NDArray query, NDArray attended) {
    return imageAttention == null ? attended : imageAttention.add(query, attended, heads);
  }

  /**
   * Projects attended values to the result, for processors: (B, heads, N, C/heads) -> (B, N, C).
   */
  public NDArray output(NDArray attended) {
    return toOut.forwardFromHeads(attended);
  }
}
