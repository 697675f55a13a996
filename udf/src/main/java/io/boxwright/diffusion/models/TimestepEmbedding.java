package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.nn.ActivationFunction;
import io.boxwright.diffusion.nn.Linear;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;

/**
 * diffusers' {@code Timesteps} and {@code TimestepEmbedding}: sinusoids of the timestep through two
 * linear layers.
 */
final class TimestepEmbedding {

  private final int channels;
  private final int flipSinToCos;
  private final double freqShift;
  private final ActivationFunction activation;
  private final int condProjDim;
  private final Linear condProj; // null if the UNet reads no guidance scale
  private final Linear linear1;
  private final Linear linear2;

  TimestepEmbedding(
      StateDict weights, int channels, long timeEmbedDim, UNet2DConditionConfig config) {
    this.channels = channels;
    this.flipSinToCos = config.flipSinToCos() ? 1 : 0;
    this.freqShift = config.freqShift();
    this.activation = config.activation();
    this.condProjDim = config.timeCondProjDim();
    this.condProj =
        condProjDim == 0
            ? null
            : Linear.loadWithoutBias(weights.at("cond_proj"), condProjDim, channels);
    this.linear1 = Linear.load(weights.at("linear_1"), channels, timeEmbedDim);
    this.linear2 = Linear.load(weights.at("linear_2"), timeEmbedDim, timeEmbedDim);
  }

  /**
   * Maps timesteps (B), float32, to (B, E) in the type of the weights.
   *
   * @param guidanceScale the scale of classifier-free guidance, for UNets that were distilled with
   *     it ({@code time_cond_proj_dim}); others ignore it
   */
  NDArray forward(NDArray timesteps, double guidanceScale, DataType dataType) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray sinusoids =
          ModelKernels.timestepEmbedding(timesteps, channels, flipSinToCos, freqShift); // (B, C)
      NDArray sample = TorchKernels.toType(sinusoids, dataType); // (B, C)
      if (condProj != null) {
        sample = sample.add(condProj.forward(embedScale(timesteps, guidanceScale, dataType)));
      }
      NDArray hiddenStates = linear1.forward(sample); // (B, E)
      return scope.keep(linear2.forward(activation.apply(hiddenStates))); // (B, E)
    }
  }

  /** Makes the sinusoids of a scale, diffusers' {@code get_guidance_scale_embedding}: (B, D). */
  private NDArray embedScale(NDArray like, double guidanceScale, DataType dataType) {
    NDArray scales = like.onesLike().mul((float) (1000 * (guidanceScale - 1))); // (B)
    return TorchKernels.toType(
        ModelKernels.timestepEmbedding(scales, condProjDim, 0, 1), dataType); // (B, D)
  }
}
