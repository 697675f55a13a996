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
  private final Linear linear1;
  private final Linear linear2;

  TimestepEmbedding(
      StateDict weights, int channels, long timeEmbedDim, UNet2DConditionConfig config) {
    this.channels = channels;
    this.flipSinToCos = config.flipSinToCos() ? 1 : 0;
    this.freqShift = config.freqShift();
    this.activation = config.activation();
    this.linear1 = Linear.load(weights.at("linear_1"), channels, timeEmbedDim);
    this.linear2 = Linear.load(weights.at("linear_2"), timeEmbedDim, timeEmbedDim);
  }

  /** Maps timesteps (B), float32, to (B, E) in the type of the weights. */
  NDArray forward(NDArray timesteps, DataType dataType) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray sinusoids =
          ModelKernels.timestepEmbedding(timesteps, channels, flipSinToCos, freqShift); // (B, C)
      NDArray hiddenStates = linear1.forward(TorchKernels.toType(sinusoids, dataType)); // (B, E)
      return scope.keep(linear2.forward(activation.apply(hiddenStates))); // (B, E)
    }
  }
}
