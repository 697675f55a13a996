/**
 * libtorch through DJL: the engine, operators that DJL lacks ({@link
 * io.boxwright.torch.TorchKernels}), ownership of native memory ({@link
 * io.boxwright.torch.ArrayScope}), autograd ({@link io.boxwright.torch.GradMode}, {@link
 * io.boxwright.torch.GradientTape}).
 */
package io.boxwright.torch;
