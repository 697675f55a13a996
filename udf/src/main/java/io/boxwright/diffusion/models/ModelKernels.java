package io.boxwright.diffusion.models;

import static io.boxwright.torch.TorchModule.number;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.TorchModule;

/**
 * Kernels that particular models need. Results are owned like those of {@link TorchModule#call}.
 */
public final class ModelKernels {

  private static final TorchModule MODULE =
      TorchModule.load(ModelKernels.class, "model_kernels.txt");

  private ModelKernels() {}

  /**
   * Computes the sinusoidal embedding of timesteps, as diffusers' {@code get_timestep_embedding}
   * does.
   *
   * @param timesteps (B), float32
   * @param dim width of the embedding
   * @param flipSinToCos 1 puts the cosines first, 0 the sines
   * @param shift {@code downscale_freq_shift}
   * @return (B, dim), float32
   */
  static NDArray timestepEmbedding(NDArray timesteps, int dim, int flipSinToCos, double shift) {
    return MODULE.call(
        "timestep_embedding", timesteps, number(dim), number(flipSinToCos), number(shift));
  }

  /**
   * Draws a sample from the VAE encoder's distribution, diffusers' {@code
   * DiagonalGaussianDistribution}.
   *
   * @param moments (B, 2C, h, w): mean, then log variance
   * @param noise (B, C, h, w), standard normal
   * @return (B, C, h, w)
   */
  public static NDArray sampleDiagonalGaussian(NDArray moments, NDArray noise) {
    return MODULE.call("sample_diagonal_gaussian", moments, noise);
  }
}
