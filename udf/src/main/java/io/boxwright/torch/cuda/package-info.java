/**
 * Boxwright's own kernels for GPUs ({@code cuda_kernels.cu}), behind {@link
 * io.boxwright.torch.cuda.FusedKernels}; and CUDA graphs, which replay recorded work, behind {@link
 * io.boxwright.torch.cuda.GraphedCallables}.
 */
package io.boxwright.torch.cuda;
