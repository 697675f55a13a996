package io.boxwright.diffusion.models;

import io.boxwright.diffusion.models.attention.FirstAttention;
import io.boxwright.diffusion.models.attention.Transformer2DModel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The floating-point operations that a {@link UNet2DConditionModel} needs for one sample, counted
 * from its configuration as torch's {@code FlopCounterMode} counts them: two for each multiply-add
 * of a convolution, a linear layer or one of the two products of an attention. Norms, activations
 * and sums, a few thousandths of that, are left out.
 *
 * <p>A backward pass is counted for the case that only the latents have a gradient. A layer on the
 * way to them needs one product of the same size, a layer that depends only on the timestep or the
 * prompt needs none, and a product of two arrays that both come from the latents needs two. That is
 * less than the usual twice the forward pass, which holds where weights have gradients, too.
 * Recomputation in the backward pass of a fused attention is not counted.
 */
public final class UNetFlops {

  private static final int MULTIPLY_ADD = 2;

  /** The number of products of a layer's size in its part of the backward pass. */
  private static final int NO_GRADIENT = 0;

  private static final int ONE_GRADIENT = 1;
  private static final int TWO_GRADIENTS = 2;

  /**
   * One matrix product or convolution.
   *
   * @param path the path of its layer
   * @param flops operations of the forward pass
   * @param gradients products of the same size in the backward pass
   */
  private record Product(String path, long flops, int gradients) {}

  /** Height and width of the pictures at a level. */
  private record Size(int height, int width) {

    long positions() {
      return (long) height * width;
    }

    Size downsampled(int padding) {
      return new Size(downsampled(height, padding), downsampled(width, padding));
    }

    /**
     * Halves a side. Without padding there is one more row below and one more column on the right.
     */
    private static int downsampled(int length, int padding) {
      int padded = length + Math.max(1, 2 * padding);
      return (padded - 3) / 2 + 1;
    }
  }

  private final UNet2DConditionConfig config;
  private final int tokens;
  private final List<Size> sizes; // of each level
  private final List<Product> products = new ArrayList<>(); // in the order of a forward pass

  /**
   * Counts the operations of a UNet.
   *
   * @param config the configuration of the UNet
   * @param height height of the latents
   * @param width width of the latents
   * @param tokens positions of the prompt's states
   */
  public UNetFlops(UNet2DConditionConfig config, int height, int width, int tokens) {
    this.config = config;
    this.tokens = tokens;
    this.sizes = sizes(config, new Size(height, width));
    long first = config.blockOutChannels().get(0);
    addTimeEmbedding(first);
    addConvolution("conv_in", 3, config.inChannels(), first, sizes.get(0));
    Deque<Long> skips = new ArrayDeque<>();
    skips.add(first);
    for (int level = 0; level < config.levels(); level++) {
      addDownBlock(level, skips);
    }
    if (config.midBlockType() != MidBlockType.NONE) {
      addMidBlock();
    }
    for (int index = 0; index < config.levels(); index++) {
      addUpBlock(index, skips);
    }
    addConvolution("conv_out", 3, first, config.outChannels(), sizes.get(0));
  }

  private static List<Size> sizes(UNet2DConditionConfig config, Size latents) {
    List<Size> sizes = new ArrayList<>(List.of(latents));
    while (sizes.size() < config.levels()) {
      sizes.add(sizes.get(sizes.size() - 1).downsampled(config.downsamplePadding()));
    }
    return sizes;
  }

  /** Returns the operations of a forward pass of one sample. */
  public long forward() {
    return products.stream().mapToLong(Product::flops).sum();
  }

  /**
   * Returns the operations of a forward pass of one sample that ends with the probabilities of an
   * attention.
   *
   * @param attention the path of the attention, such as {@code
   *     up_blocks.1.attentions.2.transformer_blocks.0.attn2}
   * @throws IllegalArgumentException if there is no such attention
   */
  public long forwardTo(String attention) {
    return upTo(attention).stream().mapToLong(Product::flops).sum();
  }

  /**
   * Returns the operations of the gradient, with respect to the latents of one sample, of a value
   * computed from the probabilities of an attention.
   *
   * @param attention the path of the attention, such as {@code
   *     up_blocks.1.attentions.2.transformer_blocks.0.attn2}
   * @throws IllegalArgumentException if there is no such attention
   */
  public long backwardFrom(String attention) {
    return upTo(attention).stream()
        .mapToLong(product -> product.gradients() * product.flops())
        .sum();
  }

  private List<Product> upTo(String attention) {
    String last = scores(attention);
    for (int i = 0; i < products.size(); i++) {
      if (products.get(i).path().equals(last)) {
        return products.subList(0, i + 1);
      }
    }
    throw new IllegalArgumentException("There is no attention " + attention);
  }

  private static String scores(String attention) {
    return attention + ".scores";
  }

  private void addTimeEmbedding(long first) {
    long wide = config.timeEmbedDim();
    addLinear("time_embedding.linear_1", first, wide, 1, NO_GRADIENT);
    addLinear("time_embedding.linear_2", wide, wide, 1, NO_GRADIENT);
  }

  private void addDownBlock(int level, Deque<Long> skips) {
    String path = "down_blocks." + level;
    long out = config.blockOutChannels().get(level);
    long in = level == 0 ? out : config.blockOutChannels().get(level - 1);
    for (int i = 0; i < config.layersPerBlock().get(level); i++) {
      addResnet(path + ".resnets." + i, i == 0 ? in : out, out, sizes.get(level));
      if (config.downBlockTypes().get(level).startsWith("CrossAttn")) {
        addTransformer(path + ".attentions." + i, level, config.transformerSettings(level));
      }
      skips.add(out);
    }
    if (level < config.levels() - 1) {
      addConvolution(path + ".downsamplers.0", 3, out, out, sizes.get(level + 1));
      skips.add(out);
    }
  }

  private void addMidBlock() {
    int level = config.levels() - 1;
    long channels = config.blockOutChannels().get(level);
    addResnet("mid_block.resnets.0", channels, channels, sizes.get(level));
    addTransformer("mid_block.attentions.0", level, config.midTransformerSettings());
    addResnet("mid_block.resnets.1", channels, channels, sizes.get(level));
  }

  private void addUpBlock(int index, Deque<Long> skips) {
    String path = "up_blocks." + index;
    int level = config.levels() - 1 - index;
    long out = config.blockOutChannels().get(level);
    long below = config.blockOutChannels().get(Math.min(level + 1, config.levels() - 1));
    for (int i = 0; i < config.layersPerBlock().get(level) + 1; i++) {
      long in = (i == 0 ? below : out) + skips.removeLast();
      addResnet(path + ".resnets." + i, in, out, sizes.get(level));
      if (config.upBlockTypes().get(index).startsWith("CrossAttn")) {
        addTransformer(path + ".attentions." + i, level, config.transformerSettings(level));
      }
    }
    if (level > 0) {
      addConvolution(path + ".upsamplers.0", 3, out, out, sizes.get(level - 1));
    }
  }

  private void addResnet(String path, long in, long out, Size size) {
    addConvolution(path + ".conv1", 3, in, out, size);
    addLinear(path + ".time_emb_proj", config.timeEmbedDim(), out, 1, NO_GRADIENT);
    addConvolution(path + ".conv2", 3, out, out, size);
    if (in != out) {
      addConvolution(path + ".conv_shortcut", 1, in, out, size);
    }
  }

  private void addTransformer(String path, int level, Transformer2DModel.Settings settings) {
    long channels = config.blockOutChannels().get(level);
    long positions = sizes.get(level).positions();
    // A linear layer and a 1x1 convolution need the same number of operations.
    addLinear(path + ".proj_in", channels, channels, positions, ONE_GRADIENT);
    for (int i = 0; i < settings.layers(); i++) {
      String block = path + ".transformer_blocks." + i;
      if (settings.firstAttention() == FirstAttention.CROSS) {
        addCrossAttention(block + ".attn1", channels, positions, settings.crossAttentionDim());
      } else {
        addSelfAttention(block + ".attn1", channels, positions);
      }
      addCrossAttention(block + ".attn2", channels, positions, settings.crossAttentionDim());
      addFeedForward(block + ".ff", channels, positions);
    }
    addLinear(path + ".proj_out", channels, channels, positions, ONE_GRADIENT);
  }

  private void addSelfAttention(String path, long channels, long positions) {
    addLinear(path + ".to_q", channels, channels, positions, ONE_GRADIENT);
    addLinear(path + ".to_k", channels, channels, positions, ONE_GRADIENT);
    addLinear(scores(path), channels, positions, positions, TWO_GRADIENTS);
    addLinear(path + ".to_v", channels, channels, positions, ONE_GRADIENT);
    addLinear(path + ".values", positions, channels, positions, TWO_GRADIENTS);
    addLinear(path + ".to_out", channels, channels, positions, ONE_GRADIENT);
  }

  /** Adds a cross-attention. Its keys and values come from the prompt, which has no gradient. */
  private void addCrossAttention(String path, long channels, long positions, long encoderDim) {
    addLinear(path + ".to_q", channels, channels, positions, ONE_GRADIENT);
    addLinear(path + ".to_k", encoderDim, channels, tokens, NO_GRADIENT);
    addLinear(scores(path), channels, tokens, positions, ONE_GRADIENT);
    addLinear(path + ".to_v", encoderDim, channels, tokens, NO_GRADIENT);
    addLinear(path + ".values", tokens, channels, positions, ONE_GRADIENT);
    addLinear(path + ".to_out", channels, channels, positions, ONE_GRADIENT);
  }

  /** Adds a feed forward with GEGLU, whose projection is eight times as wide as its input. */
  private void addFeedForward(String path, long channels, long positions) {
    addLinear(path + ".net.0.proj", channels, 8 * channels, positions, ONE_GRADIENT);
    addLinear(path + ".net.2", 4 * channels, channels, positions, ONE_GRADIENT);
  }

  private void addConvolution(String path, long kernel, long in, long out, Size result) {
    addLinear(path, kernel * kernel * in, out, result.positions(), ONE_GRADIENT);
  }

  /** Adds the product of (positions, in) and (in, out). */
  private void addLinear(String path, long in, long out, long positions, int gradients) {
    products.add(new Product(path, MULTIPLY_ADD * in * out * positions, gradients));
  }
}
