package io.boxwright.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.boxwright.loading.StateDict;
import io.boxwright.nn.ArrayScope;
import io.boxwright.nn.Conv2d;
import io.boxwright.nn.TorchKernels;

/**
 * diffusers' {@code AutoencoderKL}: images to latents and back. Its weights belong to the manager
 * they were loaded with. Thread-safe.
 */
public final class AutoencoderKL {

  private static final double EPSILON = 1e-6;

  private final AutoencoderKLConfig config;
  private final DataType dataType;
  private final Encoder encoder;
  private final Conv2d quantConv;
  private final Conv2d postQuantConv;
  private final Decoder decoder;

  /**
   * Loads the model.
   *
   * @param config its {@code config.json}
   * @param weights all of its weights; the caller calls {@code finish}
   */
  public AutoencoderKL(AutoencoderKLConfig config, StateDict weights) {
    int latentChannels = config.latentChannels();
    this.config = config;
    this.dataType = weights.dataType();
    this.encoder = new Encoder(weights.at("encoder"), config);
    this.quantConv =
        Conv2d.load1x1(weights.at("quant_conv"), 2L * latentChannels, 2L * latentChannels);
    this.postQuantConv =
        Conv2d.load1x1(weights.at("post_quant_conv"), latentChannels, latentChannels);
    this.decoder = new Decoder(weights.at("decoder"), config);
  }

  static ResnetBlock2D.Settings resnetSettings(AutoencoderKLConfig config) {
    return ResnetBlock2D.Settings.withoutTime(config.normNumGroups(), EPSILON);
  }

  /** What it was made from. */
  public AutoencoderKLConfig config() {
    return config;
  }

  /**
   * The distribution of the latents of images, not scaled.
   *
   * @param images (B, 3, H, W) in [-1, 1], float32
   * @return moments (B, 2L, H/f, W/f), float32: mean, then log variance; {@link
   *     TorchKernels#sampleDiagonalGaussian} draws from it
   */
  public NDArray encode(NDArray images) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray moments = quantConv.forward(encoder.forward(input(images)));
      return scope.keep(output(moments));
    }
  }

  /**
   * The images of latents.
   *
   * @param latents (B, L, h, w), float32, as the encoder gives them: divided by the scaling factor
   * @return (B, 3, f*h, f*w), float32, about [-1, 1]
   */
  public NDArray decode(NDArray latents) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray images = decoder.forward(postQuantConv.forward(input(latents)));
      return scope.keep(output(images));
    }
  }

  private NDArray input(NDArray x) {
    return TorchKernels.inFastestFormat(TorchKernels.toType(x, dataType));
  }

  private static NDArray output(NDArray x) {
    return TorchKernels.contiguous(TorchKernels.toType(x, DataType.FLOAT32));
  }
}
