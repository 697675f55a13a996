/**
 * Boxwright's own kernels for GPUs ({@code cuda_kernels.cu}), behind {@link
 * io.boxwright.torch.cuda.FusedKernels}.
 */
package io.boxwright.torch.cuda;
