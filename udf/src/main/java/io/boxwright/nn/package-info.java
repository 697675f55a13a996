/**
 * Layers over {@link ai.djl.ndarray.NDArray} and what they stand on: PyTorch operators ({@link
 * io.boxwright.nn.TorchKernels}), on a GPU kernels of our own ({@code cuda_kernels.cu}), ownership
 * of native memory ({@link io.boxwright.nn.ArrayScope}), autograd ({@link
 * io.boxwright.nn.GradMode}, {@link io.boxwright.nn.GradientTape}).
 */
package io.boxwright.nn;
