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
 * <p>A backward pass is counted as what it needs here, where only the latents have a gradient: one
 * product of the same size for each layer on the way to them, none for layers that see nothing but
 * the timestep or the prompt, two for a product of two arrays that both come from the latents. That
 * is less than the customary twice the forward pass, which holds where weights have gradients, too.
 * What a fused attention computes again in its backward pass is not counted.
 */
public final class UNetFlops {

  private static final int MULTIPLY_ADD = 2;

  /** How many products of a layer's size its part of the backward pass has. */
  private static final int NO_GRADIENT = 0;

  private static final int ONE_GRADIENT = 1;
  private static final int TWO_GRADIENTS = 2;

  /**
   * One matrix product or convolution.
   *
   * @param path of its layer
   * @param flops of the forward pass
   * @param gradients products of the same size in the backward pass
   */
  private record Product(String path, long flops, int gradients) {}

  /** Height and width of what a level works on. */
  private record Size(int height, int width) {

    long positions() {
      return (long) height * width;
    }

    Size downsampled(int padding) {
      return new Size(downsampled(height, padding), downsampled(width, padding));
    }

    /** Without padding there is a row more below, and a column more to the right. */
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
   * Counts.
   *
   * @param config of the UNet
   * @param height of the latents
   * @param width of the latents
   * @param tokens positions of the prompt's states
   */
  public UNetFlops(UNet2DConditionConfig config, int height, int width, int tokens) {
    this.config = config;
    this.tokens = tokens;
    this.sizes = sizes(config, new Size(height, width));
    long first = config.blockOutChannels().get(0);
    timeEmbedding(first);
    convolution("conv_in", 3, config.inChannels(), first, sizes.get(0));
    Deque<Long> skips = new ArrayDeque<>();
    skips.add(first);
    for (int level = 0; level < config.levels(); level++) {
      downBlock(level, skips);
    }
    if (config.midBlockType() != MidBlockType.NONE) {
      midBlock();
    }
    for (int index = 0; index < config.levels(); index++) {
      upBlock(index, skips);
    }
    convolution("conv_out", 3, first, config.outChannels(), sizes.get(0));
  }

  private static List<Size> sizes(UNet2DConditionConfig config, Size latents) {
    List<Size> sizes = new ArrayList<>(List.of(latents));
    while (sizes.size() < config.levels()) {
      sizes.add(sizes.get(sizes.size() - 1).downsampled(config.downsamplePadding()));
    }
    return sizes;
  }

  /** Of a forward pass of one sample. */
  public long forward() {
    return products.stream().mapToLong(Product::flops).sum();
  }

  /**
   * Of a forward pass of one sample that ends with the probabilities of an attention.
   *
   * @param attention its path, such as {@code up_blocks.1.attentions.2.transformer_blocks.0.attn2}
   * @throws IllegalArgumentException if there is no such attention
   */
  public long forwardTo(String attention) {
    return upTo(attention).stream().mapToLong(Product::flops).sum();
  }

  /**
   * Of the gradient, with respect to the latents of one sample, of something that was computed from
   * the probabilities of an attention.
   *
   * @param attention its path, such as {@code up_blocks.1.attentions.2.transformer_blocks.0.attn2}
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

  private void timeEmbedding(long first) {
    long wide = config.timeEmbedDim();
    linear("time_embedding.linear_1", first, wide, 1, NO_GRADIENT);
    linear("time_embedding.linear_2", wide, wide, 1, NO_GRADIENT);
  }

  private void downBlock(int level, Deque<Long> skips) {
    String path = "down_blocks." + level;
    long out = config.blockOutChannels().get(level);
    long in = level == 0 ? out : config.blockOutChannels().get(level - 1);
    for (int i = 0; i < config.layersPerBlock().get(level); i++) {
      resnet(path + ".resnets." + i, i == 0 ? in : out, out, sizes.get(level));
      if (config.downBlockTypes().get(level).startsWith("CrossAttn")) {
        transformer(path + ".attentions." + i, level, config.transformerSettings(level));
      }
      skips.add(out);
    }
    if (level < config.levels() - 1) {
      convolution(path + ".downsamplers.0", 3, out, out, sizes.get(level + 1));
      skips.add(out);
    }
  }

  private void midBlock() {
    int level = config.levels() - 1;
    long channels = config.blockOutChannels().get(level);
    resnet("mid_block.resnets.0", channels, channels, sizes.get(level));
    transformer("mid_block.attentions.0", level, config.midTransformerSettings());
    resnet("mid_block.resnets.1", channels, channels, sizes.get(level));
  }

  private void upBlock(int index, Deque<Long> skips) {
    String path = "up_blocks." + index;
    int level = config.levels() - 1 - index;
    long out = config.blockOutChannels().get(level);
    long below = config.blockOutChannels().get(Math.min(level + 1, config.levels() - 1));
    for (int i = 0; i < config.layersPerBlock().get(level) + 1; i++) {
      long in = (i == 0 ? below : out) + skips.removeLast();
      resnet(path + ".resnets." + i, in, out, sizes.get(level));
      if (config.upBlockTypes().get(index).startsWith("CrossAttn")) {
        transformer(path + ".attentions." + i, level, config.transformerSettings(level));
      }
    }
    if (level > 0) {
      convolution(path + ".upsamplers.0", 3, out, out, sizes.get(level - 1));
    }
  }

  private void resnet(String path, long in, long out, Size size) {
    convolution(path + ".conv1", 3, in, out, size);
    linear(path + ".time_emb_proj", config.timeEmbedDim(), out, 1, NO_GRADIENT);
    convolution(path + ".conv2", 3, out, out, size);
    if (in != out) {
      convolution(path + ".conv_shortcut", 1, in, out, size);
    }
  }

  private void transformer(String path, int level, Transformer2DModel.Settings settings) {
    long channels = config.blockOutChannels().get(level);
    long positions = sizes.get(level).positions();
    // A linear layer and a 1x1 convolution need the same.
    linear(path + ".proj_in", channels, channels, positions, ONE_GRADIENT);
    for (int i = 0; i < settings.layers(); i++) {
      String block = path + ".transformer_blocks." + i;
      if (settings.firstAttention() == FirstAttention.CROSS) {
        crossAttention(block + ".attn1", channels, positions, settings.crossAttentionDim());
      } else {
        selfAttention(block + ".attn1", channels, positions);
      }
      crossAttention(block + ".attn2", channels, positions, settings.crossAttentionDim());
      feedForward(block + ".ff", channels, positions);
    }
    linear(path + ".proj_out", channels, channels, positions, ONE_GRADIENT);
  }

  private void selfAttention(String path, long channels, long positions) {
    linear(path + ".to_q", channels, channels, positions, ONE_GRADIENT);
    linear(path + ".to_k", channels, channels, positions, ONE_GRADIENT);
    linear(scores(path), channels, positions, positions, TWO_GRADIENTS);
    linear(path + ".to_v", channels, channels, positions, ONE_GRADIENT);
    linear(path + ".values", positions, channels, positions, TWO_GRADIENTS);
    linear(path + ".to_out", channels, channels, positions, ONE_GRADIENT);
  }

  /** Keys and values come from the prompt, which has no gradient. */
  private void crossAttention(String path, long channels, long positions, long encoderDim) {
    linear(path + ".to_q", channels, channels, positions, ONE_GRADIENT);
    linear(path + ".to_k", encoderDim, channels, tokens, NO_GRADIENT);
    linear(scores(path), channels, tokens, positions, ONE_GRADIENT);
    linear(path + ".to_v", encoderDim, channels, tokens, NO_GRADIENT);
    linear(path + ".values", tokens, channels, positions, ONE_GRADIENT);
    linear(path + ".to_out", channels, channels, positions, ONE_GRADIENT);
  }

  /** GEGLU: twice four times as wide inside. */
  private void feedForward(String path, long channels, long positions) {
    linear(path + ".net.0.proj", channels, 8 * channels, positions, ONE_GRADIENT);
    linear(path + ".net.2", 4 * channels, channels, positions, ONE_GRADIENT);
  }

  private void convolution(String path, long kernel, long in, long out, Size result) {
    linear(path, kernel * kernel * in, out, result.positions(), ONE_GRADIENT);
  }

  /** (positions, in) times (in, out). */
  private void linear(String path, long in, long out, long positions, int gradients) {
    products.add(new Product(path, MULTIPLY_ADD * in * out * positions, gradients));
  }
}
