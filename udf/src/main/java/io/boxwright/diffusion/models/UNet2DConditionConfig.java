package io.boxwright.diffusion.models;

import static io.boxwright.diffusion.loading.ConfigValues.require;
import static io.boxwright.diffusion.loading.ConfigValues.requireEachWithin;
import static io.boxwright.diffusion.loading.ConfigValues.requirePositive;
import static io.boxwright.diffusion.loading.ConfigValues.requireSize;
import static io.boxwright.diffusion.loading.ConfigValues.requireWithin;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.models.attention.FirstAttention;
import io.boxwright.diffusion.models.attention.Transformer2DModel;
import io.boxwright.diffusion.nn.ActivationFunction;
import io.boxwright.text.Count;
import io.boxwright.text.Printable;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code unet/config.json}: the arguments of diffusers' {@code UNet2DConditionModel} that Stable
 * Diffusion 1.x and 2.x use. Lists have one entry for each level, the largest pictures first; a
 * single value in a file holds for every level. {@code upcast_attention} is not read: attention
 * scores are computed in float32 for every model.
 *
 * @param diffusersVersion {@code _diffusers_version}, the version that wrote the file, or null
 * @param sampleSize height and width of the latents that the model was trained on; a single number
 *     below 64 from before version 0.9.0 counts as 64, as in {@code StableDiffusionPipeline}
 * @param inChannels channels of the latents
 * @param outChannels channels of the prediction
 * @param flipSinToCos whether cosines come first in the time embedding
 * @param freqShift {@code downscale_freq_shift} of the time embedding
 * @param downBlockTypes {@code CrossAttnDownBlock2D} or {@code DownBlock2D}
 * @param upBlockTypes {@code CrossAttnUpBlock2D} or {@code UpBlock2D}, from the smallest pictures
 *     up
 * @param midBlockType the block between the down blocks and the up blocks
 * @param actFn name of the activation, such as {@code silu}
 * @param onlyCrossAttention whether the first attention of a block attends to the prompt, too
 * @param blockOutChannels channels of each level
 * @param layersPerBlock resnets of each down block; an up block has one more
 * @param downsamplePadding padding of the downsampling convolutions
 * @param midBlockScaleFactor the number that the mid block's resnets divide their results by
 * @param normNumGroups groups of the group norms
 * @param normEps epsilon of the resnets' group norms
 * @param crossAttentionDim channels of the prompt's states
 * @param transformerLayersPerBlock transformer blocks in each transformer
 * @param attentionHeadDim number of heads: diffusers' own misnomer
 * @param useLinearProjection whether transformers begin and end with linear layers, not
 *     convolutions
 */
public record UNet2DConditionConfig(
    @JsonProperty("_diffusers_version") String diffusersVersion,
    List<Integer> sampleSize,
    Integer inChannels,
    Integer outChannels,
    Boolean flipSinToCos,
    Double freqShift,
    List<String> downBlockTypes,
    List<String> upBlockTypes,
    MidBlockType midBlockType,
    String actFn,
    List<Boolean> onlyCrossAttention,
    List<Integer> blockOutChannels,
    List<Integer> layersPerBlock,
    Integer downsamplePadding,
    Double midBlockScaleFactor,
    Integer normNumGroups,
    Double normEps,
    List<Integer> crossAttentionDim,
    List<Integer> transformerLayersPerBlock,
    List<Integer> attentionHeadDim,
    Boolean useLinearProjection,
    Integer timeCondProjDim) {

  private static final Set<String> DOWN_BLOCKS = Set.of("CrossAttnDownBlock2D", "DownBlock2D");
  private static final Set<String> UP_BLOCKS = Set.of("CrossAttnUpBlock2D", "UpBlock2D");

  /**
   * Options of diffusers that Stable Diffusion does not use, with the only value supported here.
   */
  private static final Map<String, String> FIXED =
      Map.ofEntries(
          Map.entry("center_input_sample", "false"),
          Map.entry("dual_cross_attention", "false"),
          Map.entry("class_embed_type", "null"),
          Map.entry("num_class_embeds", "null"),
          Map.entry("addition_embed_type", "null"),
          Map.entry("encoder_hid_dim", "null"),
          Map.entry("encoder_hid_dim_type", "null"),
          Map.entry("num_attention_heads", "null"),
          Map.entry("resnet_time_scale_shift", "\"default\""),
          Map.entry("resnet_skip_time_act", "false"),
          Map.entry("resnet_out_scale_factor", "1.0"),
          Map.entry("time_embedding_type", "\"positional\""),
          Map.entry("time_embedding_dim", "null"),
          Map.entry("time_embedding_act_fn", "null"),
          Map.entry("timestep_post_act", "null"),
          Map.entry("conv_in_kernel", "3"),
          Map.entry("conv_out_kernel", "3"),
          Map.entry("attention_type", "\"default\""),
          Map.entry("class_embeddings_concat", "false"),
          Map.entry("cross_attention_norm", "null"),
          Map.entry("reverse_transformer_layers_per_block", "null"));

  private static final String CROSS_ATTENTION = "CrossAttn";
  private static final Pattern BEFORE_0_9 = Pattern.compile("^0\\.[0-8](\\D|$)");
  private static final int LARGEST_SAMPLE = 256;

  /**
   * Fills in diffusers' defaults and refuses values that do not fit together or cannot be built.
   */
  public UNet2DConditionConfig {
    sampleSize = readSampleSize(sampleSize, diffusersVersion);
    midBlockType = midBlockType == null ? MidBlockType.CROSS_ATTENTION : midBlockType;
    actFn = actFn == null ? "silu" : actFn;
    ActivationFunction.ofDiffusers(actFn); // refuses unknown names
    inChannels = inChannels == null ? 4 : inChannels;
    outChannels = outChannels == null ? 4 : outChannels;
    flipSinToCos = flipSinToCos == null || flipSinToCos;
    freqShift = freqShift == null ? 0 : freqShift;
    downBlockTypes =
        downBlockTypes == null
            ? List.of(
                "CrossAttnDownBlock2D",
                "CrossAttnDownBlock2D",
                "CrossAttnDownBlock2D",
                "DownBlock2D")
            : List.copyOf(downBlockTypes);
    upBlockTypes =
        upBlockTypes == null
            ? List.of("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D")
            : List.copyOf(upBlockTypes);
    blockOutChannels =
        blockOutChannels == null ? List.of(320, 640, 1280, 1280) : List.copyOf(blockOutChannels);
    downsamplePadding = downsamplePadding == null ? 1 : downsamplePadding;
    midBlockScaleFactor = midBlockScaleFactor == null ? 1 : midBlockScaleFactor;
    normNumGroups = normNumGroups == null ? 32 : normNumGroups;
    normEps = normEps == null ? 1e-5 : normEps;
    useLinearProjection = useLinearProjection != null && useLinearProjection;
    timeCondProjDim = timeCondProjDim == null ? 0 : timeCondProjDim;

    requireSize("sample_size", sampleSize, 2, 2);
    requireEachWithin("sample_size", sampleSize, 1, LARGEST_SAMPLE);
    requireWithin("in_channels", inChannels, 1, BlockValues.MOST_CHANNELS);
    requireWithin("out_channels", outChannels, 1, BlockValues.MOST_CHANNELS);
    requireWithin("downsample_padding", downsamplePadding, 0, 1);
    if (timeCondProjDim != 0) {
      requireWithin("time_cond_proj_dim", timeCondProjDim, 4, BlockValues.MOST_CHANNELS);
    }
    requirePositive("mid_block_scale_factor", midBlockScaleFactor, Float.MAX_VALUE);
    requirePositive("norm_eps", normEps, 1);
    BlockValues.requireChannels(blockOutChannels, normNumGroups);
    requireFrequencies(freqShift, blockOutChannels.get(0));

    int levels = blockOutChannels.size();
    requireBlocks("down_block_types", downBlockTypes, DOWN_BLOCKS, levels);
    requireBlocks("up_block_types", upBlockTypes, UP_BLOCKS, levels);
    onlyCrossAttention = repeatPerLevel("only_cross_attention", onlyCrossAttention, false, levels);
    layersPerBlock = repeatPerLevel("layers_per_block", layersPerBlock, 2, levels);
    crossAttentionDim = repeatPerLevel("cross_attention_dim", crossAttentionDim, 1280, levels);
    transformerLayersPerBlock =
        repeatPerLevel("transformer_layers_per_block", transformerLayersPerBlock, 1, levels);
    attentionHeadDim = repeatPerLevel("attention_head_dim", attentionHeadDim, 8, levels);
    requireEachWithin("layers_per_block", layersPerBlock, 1, BlockValues.MOST_LAYERS);
    requireEachWithin("cross_attention_dim", crossAttentionDim, 1, BlockValues.MOST_CHANNELS);
    requireEachWithin(
        "transformer_layers_per_block", transformerLayersPerBlock, 0, BlockValues.MOST_LAYERS);
    for (int level = 0; level < levels; level++) {
      if (hasAttention(level, downBlockTypes, upBlockTypes)) {
        requireAttention(
            level, blockOutChannels, attentionHeadDim.get(level), transformerLayersPerBlock);
      }
    }
  }

  /**
   * Checks the shift, because the sinusoids of the timestep divide by half of the channels minus
   * it.
   */
  private static void requireFrequencies(double freqShift, int channels) {
    int half = channels / 2;
    require(
        freqShift >= 0 && (freqShift < half || freqShift == 0 && half == 0),
        "freq_shift",
        freqShift,
        "at least 0 and less than half of block_out_channels[0], " + channels);
  }

  private static boolean hasAttention(int level, List<String> down, List<String> up) {
    int last = down.size() - 1;
    return level == last // where the mid block is
        || down.get(level).startsWith(CROSS_ATTENTION)
        || up.get(last - level).startsWith(CROSS_ATTENTION);
  }

  private static void requireAttention(
      int level, List<Integer> channels, int heads, List<Integer> transformerLayers) {
    requireWithin("attention_head_dim[%d]".formatted(level), heads, 1, BlockValues.MOST_CHANNELS);
    BlockValues.requireMultiple(channels, level, "attention_head_dim[%d]".formatted(level), heads);
    requireWithin(
        "transformer_layers_per_block[%d]".formatted(level),
        transformerLayers.get(level),
        1,
        BlockValues.MOST_LAYERS);
  }

  /**
   * Reads {@code config.json} of a folder.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what is unreadable or not
   *     supported
   */
  public static UNet2DConditionConfig read(Path folder) {
    return JsonConfig.read(folder.resolve("config.json"), UNet2DConditionConfig.class, FIXED);
  }

  /** Returns the number of levels; the picture halves from each to the next. */
  int levels() {
    return blockOutChannels.size();
  }

  /** Returns the activation between the convolutions. */
  ActivationFunction activation() {
    return ActivationFunction.ofDiffusers(actFn);
  }

  /** Returns the width of the time embedding. */
  long timeEmbedDim() {
    return 4L * blockOutChannels.get(0);
  }

  /** Returns the settings of the resnets in down and up blocks. */
  ResnetBlock2D.Settings resnetSettings() {
    return new ResnetBlock2D.Settings(normNumGroups, normEps, timeEmbedDim(), 1, activation());
  }

  /** Returns the settings of the mid block's resnets. */
  ResnetBlock2D.Settings midResnetSettings() {
    return new ResnetBlock2D.Settings(
        normNumGroups, normEps, timeEmbedDim(), midBlockScaleFactor, activation());
  }

  /** Returns the settings of the transformers at a level. */
  Transformer2DModel.Settings transformerSettings(int level) {
    return transformerSettings(
        level, onlyCrossAttention.get(level) ? FirstAttention.CROSS : FirstAttention.SELF);
  }

  /**
   * Returns the settings of the mid block's transformer, which has self-attention whatever the
   * levels have.
   */
  Transformer2DModel.Settings midTransformerSettings() {
    return transformerSettings(levels() - 1, FirstAttention.SELF);
  }

  private Transformer2DModel.Settings transformerSettings(int level, FirstAttention first) {
    return new Transformer2DModel.Settings(
        transformerLayersPerBlock.get(level),
        attentionHeadDim.get(level),
        crossAttentionDim.get(level),
        normNumGroups,
        useLinearProjection,
        first);
  }

  private static List<Integer> readSampleSize(List<Integer> size, String version) {
    List<Integer> given = size == null || size.isEmpty() ? List.of(64) : size;
    boolean tooSmall = given.size() == 1 && given.get(0) != null && given.get(0) < 64;
    if (tooSmall && given.get(0) > 0 && version != null && BEFORE_0_9.matcher(version).find()) {
      given = List.of(64);
    }
    return given.size() == 1 ? List.of(given.get(0), given.get(0)) : List.copyOf(given);
  }

  private static <T> List<T> repeatPerLevel(
      String key, List<T> values, T defaultValue, int levels) {
    if (values == null || values.isEmpty()) {
      return Collections.nCopies(levels, defaultValue);
    }
    if (values.size() == 1) {
      return Collections.nCopies(levels, values.get(0));
    }
    if (values.size() != levels) {
      throw new IllegalArgumentException(
          "%s has %s, but block_out_channels has %d"
              .formatted(key, Count.of(values.size(), "value"), levels));
    }
    return List.copyOf(values);
  }

  private static void requireBlocks(
      String key, List<String> types, Set<String> supported, int levels) {
    if (types.size() != levels) {
      throw new IllegalArgumentException(
          "%s has %s, but block_out_channels has %d"
              .formatted(key, Count.of(types.size(), "value"), levels));
    }
    for (String type : types) {
      if (!supported.contains(type)) {
        throw new IllegalArgumentException(
            "%s %s is not supported, only %s"
                .formatted(key, Printable.value(type), supported.stream().sorted().toList()));
      }
    }
  }
}
