package io.boxwright.torch.cuda;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.DifferentiableFunction;
import io.boxwright.torch.GradientTape;
import io.boxwright.torch.cuda.CudaModule.Grid;
import io.boxwright.torch.cuda.FusedKernels.Activation;

/**
 * {@link FusedKernels#groupNorm} in two passes forward and two backward: first the moments of a
 * sample's chunks, then the result for every number.
 */
final class CudaGroupNorm implements DifferentiableFunction {

  /** As many blocks as an H100 runs at once; with a few more, it would wait for the last ones. */
  private static final int FORWARD_BLOCKS = 660;

  /** Four times as many as an H100 runs at once: these blocks take more registers. */
  private static final int BACKWARD_BLOCKS = 1056;

  private static final int MOST_CHUNKS = 256;

  private final CudaKernels kernels;
  private final NDArray added;
  private final long addedStride;
  private final long groups;
  private final NDArray weight;
  private final NDArray bias;
  private final double epsilon;
  private final long silu;
  private NDArray statistics; // (B, groups, 2), float32

  CudaGroupNorm(
      CudaKernels kernels,
      NDArray added,
      int groups,
      NDArray weight,
      NDArray bias,
      double epsilon,
      Activation activation) {
    this.kernels = kernels;
    this.added = added == null ? null : GradientTape.alias(added);
    this.addedStride = added == null || added.getShape().get(0) == 1 ? 0 : weight.size();
    this.groups = groups;
    this.weight = weight;
    this.bias = bias;
    this.epsilon = epsilon;
    this.silu = activation == Activation.SILU ? 1 : 0;
  }

  @Override
  public NDArray forward(NDArray picture) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray x = CudaArrays.positions(picture);
      Size size = new Size(x, FORWARD_BLOCKS);
      NDArray partial = size.newPartialSums(x);
      NDArray y = CudaArrays.emptyLike(x);
      statistics =
          ArrayScope.release(
              CudaArrays.empty(x, new Shape(size.samples, groups, 2), DataType.FLOAT32));
      sumMoments(x, size, partial);
      normalize(x, size, partial, y);
      return scope.keep(CudaArrays.picture(y));
    }
  }

  /** Writes sums and sums of squares of chunks to {@code partial}. */
  private void sumMoments(NDArray x, Size size, NDArray partial) {
    kernels.launch(
        x,
        "group_norm_moments",
        size.momentsGrid(),
        x,
        added,
        addedStride,
        partial,
        size.channels,
        size.positions,
        groups);
  }

  /** Writes the result to {@code y}, and the statistics. */
  private void normalize(NDArray x, Size size, NDArray partial, NDArray y) {
    kernels.launch(
        x,
        "group_norm",
        size.grid(),
        x,
        added,
        addedStride,
        partial,
        size.chunks,
        weight,
        bias,
        y,
        statistics,
        size.channels,
        size.positions,
        groups,
        epsilon,
        silu);
  }

  @Override
  public NDArray backward(NDArray picture, NDArray ofResult, NDArray before) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray x = CudaArrays.positions(picture);
      NDArray gradient = CudaArrays.positions(ofResult);
      NDArray soFar = before == null ? null : CudaArrays.positions(before);
      Size size = new Size(x, BACKWARD_BLOCKS);
      NDArray partial = size.newPartialSums(x);
      NDArray result = CudaArrays.emptyLike(x);
      sumGradientMoments(x, size, gradient, partial);
      differentiate(x, size, gradient, partial, soFar, result);
      return scope.keep(CudaArrays.picture(result));
    }
  }

  /** Writes the sums of chunks that the derivative needs to {@code partial}. */
  private void sumGradientMoments(NDArray x, Size size, NDArray gradient, NDArray partial) {
    kernels.launch(
        x,
        "group_norm_backward_moments",
        size.momentsGrid(),
        x,
        added,
        addedStride,
        gradient,
        statistics,
        weight,
        bias,
        partial,
        size.channels,
        size.positions,
        groups,
        silu);
  }

  /** Writes the gradient with respect to x to {@code result}. */
  private void differentiate(
      NDArray x, Size size, NDArray gradient, NDArray partial, NDArray soFar, NDArray result) {
    kernels.launch(
        x,
        "group_norm_backward",
        size.grid(),
        x,
        added,
        addedStride,
        gradient,
        statistics,
        partial,
        size.chunks,
        weight,
        bias,
        soFar,
        result,
        size.channels,
        size.positions,
        groups,
        silu);
  }

  @Override
  public void close() {
    if (added != null) {
      added.close();
    }
    if (statistics != null) {
      statistics.close();
    }
  }

  /** The division of a picture into blocks. */
  private final class Size {

    private final long samples;
    private final long channels;
    private final long positions;
    private final int threads;
    private final long chunks;

    /** Divides (B, H, W, C) into at most a number of blocks, but at least one for a sample. */
    private Size(NDArray x, int blocks) {
      Shape shape = x.getShape();
      this.samples = shape.get(0);
      this.channels = shape.get(3);
      this.positions = shape.get(1) * shape.get(2);
      int packs = (int) (channels / CudaArrays.packWidth(x.getDataType()));
      int lanes = Math.max(1, Grid.THREADS / packs);
      this.threads = packs * lanes;
      long wanted = Math.min(MOST_CHUNKS, Math.max(1, blocks / samples));
      this.chunks = Math.max(1, Math.min(wanted, positions / (lanes * 8L)));
    }

    private NDArray newPartialSums(NDArray x) {
      return CudaArrays.empty(x, new Shape(samples, chunks, groups, 2), DataType.FLOAT32);
    }

    /**
     * Returns a grid with shared memory for the sums: for every lane, two float32 for each number
     * of a position.
     */
    private Grid momentsGrid() {
      int perThread = CudaArrays.packWidth(weight.getDataType());
      return new Grid(chunks, samples, threads, 2 * threads * perThread * Float.BYTES);
    }

    /** Returns a grid with shared memory of two float32 for each group. */
    private Grid grid() {
      return new Grid(chunks, samples, threads, (int) groups * 2 * Float.BYTES);
    }
  }
}
