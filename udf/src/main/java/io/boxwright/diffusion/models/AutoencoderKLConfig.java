package io.boxwright.diffusion.models;

import static io.boxwright.diffusion.loading.ConfigValues.requirePositive;
import static io.boxwright.diffusion.loading.ConfigValues.requireWithin;

import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.nn.ActivationFunction;
import io.boxwright.text.Count;
import io.boxwright.text.Printable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * {@code vae/config.json}: the arguments of diffusers' {@code AutoencoderKL} that Stable Diffusion
 * uses.
 *
 * @param inChannels channels of an image, 3
 * @param outChannels channels of a decoded image, 3
 * @param downBlockTypes all {@code DownEncoderBlock2D}
 * @param upBlockTypes all {@code UpDecoderBlock2D}
 * @param blockOutChannels channels of each level, the largest pictures first
 * @param layersPerBlock resnets of a level of the encoder; the decoder has one more
 * @param latentChannels channels of the latents
 * @param normNumGroups groups of the group norms
 * @param actFn name of the resnets' activation, such as {@code silu}
 * @param useQuantConv whether a convolution comes after the encoder
 * @param usePostQuantConv whether a convolution comes before the decoder
 * @param scalingFactor the factor that the latents of the encoder are multiplied by
 */
public record AutoencoderKLConfig(
    Integer inChannels,
    Integer outChannels,
    List<String> downBlockTypes,
    List<String> upBlockTypes,
    List<Integer> blockOutChannels,
    Integer layersPerBlock,
    Integer latentChannels,
    Integer normNumGroups,
    String actFn,
    Boolean useQuantConv,
    Boolean usePostQuantConv,
    Double scalingFactor) {

  private static final Map<String, String> FIXED = Map.of("mid_block_add_attention", "true");

  private static final int RGB = 3;

  /** Fills in diffusers' defaults and refuses values that are not supported or cannot be built. */
  public AutoencoderKLConfig {
    inChannels = inChannels == null ? 3 : inChannels;
    outChannels = outChannels == null ? 3 : outChannels;
    blockOutChannels = blockOutChannels == null ? List.of(64) : List.copyOf(blockOutChannels);
    downBlockTypes =
        downBlockTypes == null ? List.of("DownEncoderBlock2D") : List.copyOf(downBlockTypes);
    upBlockTypes = upBlockTypes == null ? List.of("UpDecoderBlock2D") : List.copyOf(upBlockTypes);
    layersPerBlock = layersPerBlock == null ? 1 : layersPerBlock;
    latentChannels = latentChannels == null ? 4 : latentChannels;
    normNumGroups = normNumGroups == null ? 32 : normNumGroups;
    scalingFactor = scalingFactor == null ? 0.18215 : scalingFactor;
    useQuantConv = useQuantConv == null || useQuantConv;
    usePostQuantConv = usePostQuantConv == null || usePostQuantConv;
    actFn = actFn == null ? "silu" : actFn;
    ActivationFunction.ofDiffusers(actFn); // refuses unknown names
    requireWithin("in_channels", inChannels, RGB, RGB);
    requireWithin("out_channels", outChannels, RGB, RGB);
    requireWithin("latent_channels", latentChannels, 1, BlockValues.MOST_CHANNELS);
    requireWithin("layers_per_block", layersPerBlock, 1, BlockValues.MOST_LAYERS);
    requirePositive("scaling_factor", scalingFactor, Float.MAX_VALUE);
    BlockValues.requireChannels(blockOutChannels, normNumGroups);
    requireBlocks("down_block_types", downBlockTypes, "DownEncoderBlock2D", blockOutChannels);
    requireBlocks("up_block_types", upBlockTypes, "UpDecoderBlock2D", blockOutChannels);
  }

  /**
   * Reads {@code config.json} of a folder.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming what is unreadable or not
   *     supported
   */
  public static AutoencoderKLConfig read(Path folder) {
    return JsonConfig.read(folder.resolve("config.json"), AutoencoderKLConfig.class, FIXED);
  }

  /**
   * Returns the number of pixels that one latent stands for in each direction: 8 in Stable
   * Diffusion.
   */
  public int scaleFactor() {
    return 1 << (blockOutChannels.size() - 1);
  }

  /** Returns the activation of the resnets. */
  ActivationFunction activation() {
    return ActivationFunction.ofDiffusers(actFn);
  }

  private static void requireBlocks(
      String key, List<String> types, String supported, List<Integer> channels) {
    if (types.size() != channels.size()) {
      throw new IllegalArgumentException(
          "%s has %s, but block_out_channels has %d"
              .formatted(key, Count.of(types.size(), "value"), channels.size()));
    }
    for (String type : types) {
      if (!type.equals(supported)) {
        throw new IllegalArgumentException(
            "%s %s is not supported, only %s".formatted(key, Printable.value(type), supported));
      }
    }
  }
}
