/**
 * Layers over {@link ai.djl.ndarray.NDArray} and what they stand on: fused PyTorch operators
 * ({@link io.boxwright.nn.TorchKernels}), ownership of native memory ({@link
 * io.boxwright.nn.ArrayScope}), autograd ({@link io.boxwright.nn.GradMode}).
 */
package io.boxwright.nn;
