package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.diffusion.nn.LayerNorm;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.torch.ArrayScope;
import java.util.List;
import java.util.stream.IntStream;

/**
 * diffusers' {@code IPAdapterPlusImageProjection}, a resampler: (B, 1 + P, C) to Q states. Q
 * learned queries of H channels read the encoded image layer by layer. The sizes come from the
 * shapes of the tensors.
 */
final class IPAdapterPlusImageProjection implements ImagePromptProjection {

  private static final int HEAD_CHANNELS = 64;
  private static final int EXPANSION = 4;
  private static final double EPSILON = 1e-5;

  private final NDArray latents; // (1, Q, H)
  private final Linear projIn;
  private final List<Layer> layers;
  private final Linear projOut;
  private final LayerNorm normOut;

  IPAdapterPlusImageProjection(StateDict weights, int hiddenSize, int crossAttentionDim) {
    long[] shape = weights.shape("latents");
    long queries = shape.length == 3 ? shape[1] : 0;
    long channels = shape.length == 3 ? shape[2] : 0;
    this.latents = weights.tensor("latents", 1, queries, channels);
    this.projIn = Linear.load(weights.at("proj_in"), hiddenSize, channels);
    this.layers =
        IntStream.iterate(0, i -> weights.contains("layers." + i + ".0.to_q.weight"), i -> i + 1)
            .mapToObj(i -> new Layer(weights.at("layers." + i), channels))
            .toList();
    this.projOut = Linear.load(weights.at("proj_out"), channels, crossAttentionDim);
    this.normOut = LayerNorm.load(weights.at("norm_out"), crossAttentionDim, EPSILON);
  }

  @Override
  public Input input() {
    return Input.HIDDEN_STATES;
  }

  @Override
  public NDArray forward(NDArray encoded) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray image = projIn.forward(encoded); // (B, 1 + P, H)
      NDArray states = latents.repeat(0, encoded.getShape().get(0)); // (B, Q, H)
      for (Layer layer : layers) {
        states = layer.forward(image, states);
      }
      return scope.keep(normOut.forward(projOut.forward(states)));
    }
  }

  /** A layer: queries attend to the image and to themselves, then a feed forward. */
  private static final class Layer {

    private final int heads;
    private final LayerNorm imageNorm;
    private final LayerNorm queryNorm;
    private final Linear toQ;
    private final Linear toKv;
    private final Linear toOut;
    private final LayerNorm feedForwardNorm;
    private final Linear feedForwardIn;
    private final Linear feedForwardOut;

    Layer(StateDict weights, long channels) {
      StateDict attention = weights.at("0");
      StateDict feedForward = weights.at("1");
      long[] shape = attention.shape("to_q.weight");
      this.heads = shape.length == 2 ? (int) Math.max(1, shape[0] / HEAD_CHANNELS) : 1;
      long inner = (long) heads * HEAD_CHANNELS;
      this.imageNorm = LayerNorm.load(attention.at("norm1"), channels, EPSILON);
      this.queryNorm = LayerNorm.load(attention.at("norm2"), channels, EPSILON);
      this.toQ = Linear.loadWithoutBias(attention.at("to_q"), channels, inner);
      this.toKv = Linear.loadWithoutBias(attention.at("to_kv"), channels, 2 * inner);
      this.toOut = Linear.loadWithoutBias(attention.at("to_out"), inner, channels);
      this.feedForwardNorm = LayerNorm.load(feedForward.at("0"), channels, EPSILON);
      this.feedForwardIn =
          Linear.loadWithoutBias(feedForward.at("1"), channels, EXPANSION * channels);
      this.feedForwardOut =
          Linear.loadWithoutBias(feedForward.at("3"), EXPANSION * channels, channels);
    }

    /** Maps an image (B, 1 + P, H) and queries (B, Q, H) to (B, Q, H). */
    NDArray forward(NDArray image, NDArray queries) {
      try (ArrayScope scope = new ArrayScope()) {
        NDArray normed = queryNorm.forward(queries); // (B, Q, H)
        NDArray context = imageNorm.forward(image).concat(normed, 1); // (B, 1 + P + Q, H)
        NDArray query = toQ.forwardToHeads(normed, heads);
        NDArray both = toKv.forwardToHeads(context, 2 * heads);
        NDArray key = both.get(":, :" + heads); // (B, heads, 1 + P + Q, 64)
        NDArray value = both.get(":, " + heads + ":"); // (B, heads, 1 + P + Q, 64)
        NDArray found = Functional.scaledDotProductAttention(query, key, value);
        NDArray attended = queries.add(toOut.forward(Functional.mergeHeads(found)));
        NDArray inner = Functional.gelu(feedForwardIn.forward(feedForwardNorm.forward(attended)));
        return scope.keep(attended.add(feedForwardOut.forward(inner)));
      }
    }
  }
}
