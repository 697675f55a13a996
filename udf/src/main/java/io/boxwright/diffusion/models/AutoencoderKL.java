package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.Conv2d;
import io.boxwright.diffusion.nn.Functional;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.Optional;

/**
 * diffusers' {@code AutoencoderKL}, which turns images into latents and back. Its weights belong to
 * the manager they were loaded with. Thread-safe.
 */
public final class AutoencoderKL {

  private static final double EPSILON = 1e-6;
  private static final String ENCODER = "encoder";
  private static final String QUANT_CONV = "quant_conv";

  private final AutoencoderKLConfig config;
  private final DataType dataType;
  private final Optional<Encoder> encoder;
  private final Optional<Conv2d> quantConv;
  private final Optional<Conv2d> postQuantConv;
  private final Decoder decoder;

  /**
   * Loads the model without its encoder, which is not needed to make images. The encoder's tensors
   * may be missing or of any shape and type, and {@code finish} does not name them.
   *
   * @param config the model's {@code config.json}
   * @param weights the weights of the decoder; the caller calls {@code finish}
   */
  public AutoencoderKL(AutoencoderKLConfig config, StateDict weights) {
    this(config, weights, Optional.empty(), Optional.empty());
    weights.at(ENCODER).leaveOut();
    weights.at(QUANT_CONV).leaveOut();
  }

  private AutoencoderKL(
      AutoencoderKLConfig config,
      StateDict weights,
      Optional<Encoder> encoder,
      Optional<Conv2d> quantConv) {
    this.config = config;
    this.dataType = weights.dataType();
    this.encoder = encoder;
    this.quantConv = quantConv;
    this.postQuantConv =
        config.usePostQuantConv()
            ? Optional.of(loadConvolution(weights.at("post_quant_conv"), config.latentChannels()))
            : Optional.empty();
    this.decoder = new Decoder(weights.at("decoder"), config);
  }

  /**
   * Loads the whole model.
   *
   * @param config the model's {@code config.json}
   * @param weights all weights of the model; the caller calls {@code finish}
   */
  public static AutoencoderKL withEncoder(AutoencoderKLConfig config, StateDict weights) {
    Optional<Conv2d> quantConv =
        config.useQuantConv()
            ? Optional.of(loadConvolution(weights.at(QUANT_CONV), 2L * config.latentChannels()))
            : Optional.empty();
    Encoder encoder = new Encoder(weights.at(ENCODER), config);
    return new AutoencoderKL(config, weights, Optional.of(encoder), quantConv);
  }

  private static Conv2d loadConvolution(StateDict weights, long channels) {
    return Conv2d.load1x1(weights, channels, channels);
  }

  static ResnetBlock2D.Settings resnetSettings(AutoencoderKLConfig config) {
    return ResnetBlock2D.Settings.withoutTime(config.normNumGroups(), EPSILON, config.activation());
  }

  /** Returns the configuration that the model was made from. */
  public AutoencoderKLConfig config() {
    return config;
  }

  /**
   * Computes the distribution of the latents of images, not scaled.
   *
   * @param images (B, 3, H, W) in [-1, 1], float32
   * @return moments (B, 2L, H/f, W/f), float32: mean, then log variance; {@link
   *     ModelKernels#sampleDiagonalGaussian} draws from it
   * @throws IllegalStateException if the model was loaded without its encoder
   */
  public NDArray encode(NDArray images) {
    try (ArrayScope scope = new ArrayScope()) {
      Encoder down =
          encoder.orElseThrow(
              () -> new IllegalStateException("This VAE was loaded without its encoder"));
      NDArray encoded = down.forward(convertInput(images)); // (B, 2L, h, w)
      return scope.keep(
          convertOutput(quantConv.map(conv -> conv.forward(encoded)).orElse(encoded)));
    }
  }

  /**
   * Decodes latents to images.
   *
   * @param latents (B, L, h, w), float32, as the encoder gives them: divided by the scaling factor
   * @return (B, 3, f*h, f*w), float32, about [-1, 1]
   */
  public NDArray decode(NDArray latents) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray input = convertInput(latents);
      NDArray projected = postQuantConv.map(conv -> conv.forward(input)).orElse(input);
      return scope.keep(convertOutput(decoder.forward(projected)));
    }
  }

  private NDArray convertInput(NDArray x) {
    return Functional.inFastestFormat(TorchKernels.toType(x, dataType));
  }

  private static NDArray convertOutput(NDArray x) {
    return TorchKernels.contiguous(TorchKernels.toType(x, DataType.FLOAT32));
  }
}
