/**
 * Layers over {@link ai.djl.ndarray.NDArray} and what they stand on: PyTorch operators ({@link
 * io.boxwright.diffusion.nn.TorchKernels}), on a GPU kernels of our own ({@code cuda_kernels.cu}),
 * ownership of native memory ({@link io.boxwright.diffusion.nn.ArrayScope}), autograd ({@link
 * io.boxwright.diffusion.nn.GradMode}, {@link io.boxwright.diffusion.nn.GradientTape}).
 */
package io.boxwright.diffusion.nn;
