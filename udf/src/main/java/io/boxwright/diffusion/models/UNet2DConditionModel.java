package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.attention.Attention;
import io.boxwright.diffusion.models.attention.AttentionProcessor;
import io.boxwright.diffusion.models.attention.ImagePrompts;
import io.boxwright.diffusion.models.attention.MapSize;
import io.boxwright.diffusion.nn.ActivationFunction;
import io.boxwright.diffusion.nn.Conv2d;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.diffusion.nn.GroupNorm;
import io.boxwright.text.Count;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.GradientTape;
import io.boxwright.torch.TorchKernels;
import io.boxwright.torch.cuda.FusedKernels;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * diffusers' {@code UNet2DConditionModel}: predicts the noise in latents, given the timestep and
 * the prompt. It is differentiable with respect to its latents in a thread whose grad mode is on;
 * on a GPU that is faster under a {@link GradientTape}.
 *
 * <p>Its weights belong to the manager they were loaded with. Forward passes may run in several
 * threads. Attention processors belong to the model and may be set only while no other thread is in
 * a forward pass.
 */
public final class UNet2DConditionModel implements Denoiser {

  private static final String PROCESSOR = ".processor";
  private static final String CROSS_ATTENTION = ".attn2";

  private final UNet2DConditionConfig config;
  private final DataType dataType;
  private final ActivationFunction activation;
  private final Conv2d convIn;
  private final TimestepEmbedding timeEmbedding;
  private final List<UNetDownBlock> downBlocks;
  private final Optional<UNetMidBlock2DCrossAttn> midBlock; // small distilled models have none
  private final List<UNetUpBlock> upBlocks;
  private final GroupNorm convNormOut;
  private final Conv2d convOut;
  private final Map<String, Attention> attentions;
  private Optional<ImagePrompts> imagePrompts = Optional.empty(); // of the pass

  /**
   * Loads the model.
   *
   * @param config the model's {@code config.json}
   * @param weights all weights of the model; the caller calls {@code finish}
   */
  public UNet2DConditionModel(UNet2DConditionConfig config, StateDict weights) {
    int first = config.blockOutChannels().get(0);
    this.config = config;
    this.dataType = weights.dataType();
    this.activation = config.activation();
    this.convIn = Conv2d.load3x3(weights.at("conv_in"), config.inChannels(), first);
    this.timeEmbedding =
        new TimestepEmbedding(weights.at("time_embedding"), first, config.timeEmbedDim(), config);
    this.downBlocks =
        levels(config).mapToObj(i -> loadDownBlock(weights.at("down_blocks." + i), i)).toList();
    this.midBlock =
        config.midBlockType() == MidBlockType.NONE
            ? Optional.empty()
            : Optional.of(new UNetMidBlock2DCrossAttn(weights.at("mid_block"), config));
    this.upBlocks =
        levels(config).mapToObj(i -> loadUpBlock(weights.at("up_blocks." + i), i)).toList();
    this.convNormOut =
        GroupNorm.load(
            weights.at("conv_norm_out"), config.normNumGroups(), first, config.normEps());
    this.convOut = Conv2d.load3x3(weights.at("conv_out"), first, config.outChannels());
    this.attentions = attentionsByPath();
  }

  private static IntStream levels(UNet2DConditionConfig config) {
    return IntStream.range(0, config.levels());
  }

  private UNetDownBlock loadDownBlock(StateDict weights, int index) {
    return new UNetDownBlock(weights, config, index);
  }

  private UNetUpBlock loadUpBlock(StateDict weights, int index) {
    return new UNetUpBlock(weights, config, index);
  }

  /** Lists the attentions in diffusers' order: down, up, mid. */
  private Map<String, Attention> attentionsByPath() {
    Map<String, Attention> byPath = new LinkedHashMap<>();
    Stream.of(
            downBlocks.stream().flatMap(block -> block.attentions().stream()),
            upBlocks.stream().flatMap(block -> block.attentions().stream()),
            midBlock.stream().flatMap(block -> block.attentions().stream()))
        .flatMap(attention -> attention)
        .forEach(attention -> byPath.put(attention.path(), attention));
    return Collections.unmodifiableMap(byPath);
  }

  /** Returns the configuration that the model was made from. */
  public UNet2DConditionConfig config() {
    return config;
  }

  @Override
  public Map<String, AttentionProcessor> attnProcessors() {
    Map<String, AttentionProcessor> processors = new LinkedHashMap<>();
    attentions.forEach(
        (path, attention) -> processors.put(path + PROCESSOR, attention.processor()));
    return processors;
  }

  /** Sets one processor for every attention. */
  public void setAttnProcessor(AttentionProcessor processor) {
    attentions.values().forEach(attention -> attention.setProcessor(processor));
  }

  @Override
  public void setAttnProcessor(Map<String, ? extends AttentionProcessor> processors) {
    if (processors.size() != attentions.size()) {
      throw new IllegalArgumentException(
          "A map of %s was given, but the model has %s"
              .formatted(
                  Count.of(processors.size(), "attention processor"),
                  Count.of(attentions.size(), "attention")));
    }
    processors.keySet().forEach(this::requireName);
    attentions.forEach(
        (path, attention) -> attention.setProcessor(processors.get(path + PROCESSOR)));
  }

  private void requireName(String name) {
    if (!name.endsWith(PROCESSOR)
        || !attentions.containsKey(name.substring(0, name.length() - PROCESSOR.length()))) {
      throw new IllegalArgumentException(
          "There is no attention processor %s; names look like %s%s"
              .formatted(name, attentions.keySet().iterator().next(), PROCESSOR));
    }
  }

  @Override
  public boolean embedsGuidanceScale() {
    return config.timeCondProjDim() > 0;
  }

  @Override
  public MapSize mapSize(String path, Shape latents) {
    MapSize size = new MapSize((int) latents.get(2), (int) latents.get(3));
    for (int level = 0; level < level(path); level++) {
      size = size.halve(config.downsamplePadding());
    }
    return size;
  }

  /** Returns the level of a block, from 0 for the largest pictures. */
  private int level(String path) {
    String[] names = path.split("\\.");
    int lowest = config.levels() - 1;
    return switch (names[0]) {
      case "down_blocks" -> Integer.parseInt(names[1]);
      case "up_blocks" -> lowest - Integer.parseInt(names[1]);
      default -> lowest;
    };
  }

  @Override
  public void loadImageAttention(StateDict weights) {
    int key = 1; // odd numbers over the cross-attentions in diffusers' order
    for (Attention attention : attentions.values()) {
      if (attention.path().endsWith(CROSS_ATTENTION)) {
        attention.loadImageAttention(weights.at(String.valueOf(key)), () -> imagePrompts);
        key += 2;
      }
    }
  }

  @Override
  public NDArray predict(
      NDArray sample, NDArray timestep, Conditioning conditioning, FeatureCache cache) {
    imagePrompts = conditioning.images();
    try {
      return forward(
          sample, timestep, conditioning.guidanceScale(), conditioning.promptEmbeds(), cache);
    } finally {
      imagePrompts = Optional.empty();
    }
  }

  /**
   * Predicts the noise, or another quantity that the scheduler's prediction type names.
   *
   * <p>Classifier-free guidance has two prompts for each sample. Everything before the first
   * cross-attention is then computed once for both.
   *
   * @param sample scaled latents, (B, C, h, w), float32
   * @param timestep the timestep of the schedule, the same for the whole batch; may be fractional
   * @param encoderHiddenStates the prompts' states, (B, T, D), or (2B, T, D): the first prompts of
   *     all samples, then the second ones
   * @return (B or 2B, C, h, w), float32, whatever the weights' type
   */
  public NDArray forward(NDArray sample, double timestep, NDArray encoderHiddenStates) {
    try (ArrayScope scope = new ArrayScope();
        FeatureCache cache = new FeatureCache()) {
      NDArray timesteps = Denoiser.makeTimestep(sample, timestep); // (1)
      return scope.keep(forward(sample, timesteps, 1, encoderHiddenStates, cache));
    }
  }

  private NDArray forward(
      NDArray sample,
      NDArray timestep,
      double guidanceScale,
      NDArray encoderHiddenStates,
      FeatureCache cache) {
    try (ArrayScope scope = new ArrayScope()) {
      // 1. time
      NDArray temb =
          activation.apply(timeEmbedding.forward(timestep, guidanceScale, dataType)); // (1, E)

      // 2. pre-process
      NDArray context = TorchKernels.toType(encoderHiddenStates, dataType); // (B or 2B, T, D)
      NDArray input = Functional.inFastestFormat(TorchKernels.toType(sample, dataType));
      Deque<NDArray> skips = new ArrayDeque<>();
      skips.add(FusedKernels.variable(convIn.forward(input))); // (B, c0, h, w)

      // 3. to 5. down, mid and up; the cache has all but the last layer
      NDArray features = cache.get(() -> forwardToLastLayer(temb, context, skips));
      NDArray hiddenStates =
          lastUpBlock().forwardLastLayer(features, temb, context, skips); // (B or 2B, c0, h, w)

      // 6. post-process
      NDArray prediction =
          convOut.forward(convNormOut.forward(hiddenStates, activation)); // (B or 2B, C, h, w)
      return scope.keep(TorchKernels.contiguous(TorchKernels.toType(prediction, DataType.FLOAT32)));
    }
  }

  /**
   * Runs all blocks up to the last layer of the last one: the layers that {@code DeepCacheSDHelper}
   * caches with {@code cache_branch_id=0}.
   *
   * @param skips the result of {@code conv_in}, (B, c0, h, w), which stays there
   * @return (B or 2B, c0, h, w)
   */
  private NDArray forwardToLastLayer(NDArray temb, NDArray context, Deque<NDArray> skips) {
    NDArray hiddenStates = skips.getLast();

    // 3. down
    for (UNetDownBlock block : downBlocks) {
      hiddenStates = block.forward(hiddenStates, temb, context, skips);
    }

    // 4. mid
    if (midBlock.isPresent()) {
      hiddenStates = midBlock.get().forward(hiddenStates, temb, context);
    }

    // 5. up
    for (UNetUpBlock block : upBlocks.subList(0, upBlocks.size() - 1)) {
      hiddenStates = block.forward(hiddenStates, temb, context, skips);
    }
    return lastUpBlock().forwardToLastLayer(hiddenStates, temb, context, skips);
  }

  private UNetUpBlock lastUpBlock() {
    return upBlocks.get(upBlocks.size() - 1);
  }
}
