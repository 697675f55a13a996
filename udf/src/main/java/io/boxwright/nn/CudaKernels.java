package io.boxwright.nn;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.nn.CudaModule.Grid;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@link FusedKernels} of one GPU: {@code cuda_kernels.cu} beside this class, in float16 and
 * float32. Pictures are taken and given channels last.
 */
final class CudaKernels implements FusedKernels {

  private static final String FILE = "cuda_kernels.cu";
  private static final Set<DataType> TYPES = Set.of(DataType.FLOAT16, DataType.FLOAT32);
  private static final int PACK_BYTES = 16;
  private static final int WARP = 32;
  private static final int THREADS = 256;

  /** A block's threads are at least one for each pack of a position's channels. */
  private static final int MOST_THREADS = 640;

  /** Enough blocks for every multiprocessor of a large GPU to have several. */
  private static final int BLOCKS = 2048;

  private static final int MOST_CHUNKS = 256;
  private static final int MOST_SAMPLES = 65_535;

  private final Device device;
  private final String source = source();
  private final Map<DataType, Optional<CudaModule>> modules = new ConcurrentHashMap<>();

  /**
   * The kernels of a GPU. They are compiled at their first use, which takes about a second a type.
   *
   * @throws CudaException if the driver knows no such GPU
   * @throws LinkageError if there is no driver, no NVRTC, or another DJL
   */
  CudaKernels(Device device) {
    this.device = device;
    CudaDriver.requireDevice(device.getDeviceId());
    CudaCompiler.requireCompiler();
    ArrayMemory.requireAddresses();
  }

  @Override
  public void prepare(DataType type) {
    module(type);
  }

  private Optional<CudaModule> module(DataType type) {
    return modules.computeIfAbsent(type, this::compile);
  }

  private Optional<CudaModule> compile(DataType type) {
    try {
      return Optional.of(
          new CudaModule(
              device.getDeviceId(),
              architecture ->
                  CudaCompiler.compile(
                      FILE,
                      source,
                      "--gpu-architecture=sm_" + architecture,
                      "--define-macro=" + type.name())));
    } catch (CudaCompilationException e) {
      FusedKernels.warnWithout(device, e);
      return Optional.empty();
    }
  }

  private static String source() {
    try (InputStream stream = CudaKernels.class.getResourceAsStream(FILE)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + FILE, e);
    }
  }

  @Override
  public boolean support(NDArray x, long channels) {
    DataType type = x.getDataType();
    return TYPES.contains(type)
        && channels % width(type) == 0
        && channels / width(type) <= MOST_THREADS
        && x.getShape().get(0) <= MOST_SAMPLES
        && module(type).isPresent();
  }

  /** How many numbers a pack has. */
  private static long width(DataType type) {
    return PACK_BYTES / type.getNumOfBytes();
  }

  private static long packs(NDArray array) {
    return array.size() / width(array.getDataType());
  }

  private static long last(NDArray array) {
    return array.getShape().get(array.getShape().dimension() - 1);
  }

  private void launch(NDArray like, String kernel, Grid grid, Object... arguments) {
    module(like.getDataType()).orElseThrow().launch(kernel, grid, arguments);
  }

  private NDArray empty(NDArray like, Shape shape, DataType type) {
    return like.getManager().create(shape, type, device);
  }

  /** A picture (B, C, H, W) as what it is in memory, (B, H, W, C), if it is channels last. */
  private static NDArray positions(NDArray picture) {
    return TorchKernels.channelsLast(picture).transpose(0, 2, 3, 1);
  }

  /** (B, H, W, C) as the picture (B, C, H, W). */
  private static NDArray picture(NDArray positions) {
    return positions.transpose(0, 3, 1, 2);
  }

  @Override
  public DifferentiableFunction groupNorm(
      NDArray channels,
      int groups,
      NDArray weight,
      NDArray bias,
      double epsilon,
      Activation activation) {
    return new GroupNormFunction(channels, groups, weight, bias, epsilon, activation);
  }

  /** Two passes each way: moments of chunks of a sample, then every number with them. */
  private final class GroupNormFunction implements DifferentiableFunction {

    private final NDArray added;
    private final long addedStride;
    private final long groups;
    private final NDArray weight;
    private final NDArray bias;
    private final double epsilon;
    private final long silu;
    private NDArray statistics; // (B, groups, 2), float32

    private GroupNormFunction(
        NDArray added,
        int groups,
        NDArray weight,
        NDArray bias,
        double epsilon,
        Activation activation) {
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
        NDArray x = positions(picture);
        Size size = new Size(x);
        NDArray partial = size.partialSums(x);
        NDArray y = empty(x, x.getShape(), x.getDataType());
        statistics =
            ArrayScope.release(empty(x, new Shape(size.samples, groups, 2), DataType.FLOAT32));
        launch(
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
        launch(
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
        return scope.keep(picture(y));
      }
    }

    @Override
    public NDArray backward(NDArray picture, NDArray ofResult, NDArray before) {
      try (ArrayScope scope = new ArrayScope()) {
        NDArray x = positions(picture);
        NDArray gradient = positions(ofResult);
        NDArray soFar = before == null ? null : positions(before);
        Size size = new Size(x);
        NDArray partial = size.partialSums(x);
        NDArray result = empty(x, x.getShape(), x.getDataType());
        launch(
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
        launch(
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
        return scope.keep(picture(result));
      }
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

    /** How a picture is spread over blocks. */
    private final class Size {

      private final long samples;
      private final long channels;
      private final long positions;
      private final int threads;
      private final long chunks;

      /** Of (B, H, W, C). */
      private Size(NDArray x) {
        Shape shape = x.getShape();
        this.samples = shape.get(0);
        this.channels = shape.get(3);
        this.positions = shape.get(1) * shape.get(2);
        int packs = (int) (channels / width(x.getDataType()));
        int lanes = Math.max(1, THREADS / packs);
        this.threads = packs * lanes;
        long wanted = Math.min(MOST_CHUNKS, Math.max(1, BLOCKS / samples));
        this.chunks = Math.max(1, Math.min(wanted, positions / (lanes * 8L)));
      }

      private NDArray partialSums(NDArray x) {
        return empty(x, new Shape(samples, chunks, groups, 2), DataType.FLOAT32);
      }

      /** Two float32 a number of a position for every lane, to add up. */
      private Grid momentsGrid() {
        int perThread = PACK_BYTES / weight.getDataType().getNumOfBytes();
        return new Grid(chunks, samples, threads, 2 * threads * perThread * Float.BYTES);
      }

      /** Two float32 a group. */
      private Grid grid() {
        return new Grid(chunks, samples, threads, (int) groups * 2 * Float.BYTES);
      }
    }
  }

  @Override
  public DifferentiableFunction layerNorm(NDArray weight, NDArray bias, double epsilon) {
    return new LayerNormFunction(weight, bias, epsilon);
  }

  private final class LayerNormFunction implements DifferentiableFunction {

    private final NDArray weight;
    private final NDArray bias;
    private final double epsilon;

    private LayerNormFunction(NDArray weight, NDArray bias, double epsilon) {
      this.weight = weight;
      this.bias = bias;
      this.epsilon = epsilon;
    }

    /** A warp a row. */
    private static Grid grid(long rows) {
      return Grid.of(rows * WARP, THREADS);
    }

    @Override
    public NDArray forward(NDArray states) {
      try (ArrayScope scope = new ArrayScope()) {
        NDArray x = TorchKernels.contiguous(states);
        long rows = x.size() / weight.size();
        NDArray y = empty(x, x.getShape(), x.getDataType());
        launch(x, "layer_norm", grid(rows), x, weight, bias, y, rows, weight.size(), epsilon);
        return scope.keep(y);
      }
    }

    @Override
    public NDArray backward(NDArray states, NDArray ofResult, NDArray before) {
      try (ArrayScope scope = new ArrayScope()) {
        NDArray x = TorchKernels.contiguous(states);
        NDArray gradient = TorchKernels.contiguous(ofResult);
        NDArray soFar = before == null ? null : TorchKernels.contiguous(before);
        long rows = x.size() / weight.size();
        NDArray result = empty(x, x.getShape(), x.getDataType());
        launch(
            x,
            "layer_norm_backward",
            grid(rows),
            x,
            gradient,
            weight,
            soFar,
            result,
            rows,
            weight.size(),
            epsilon);
        return scope.keep(result);
      }
    }

    @Override
    public void close() {}
  }

  @Override
  public DifferentiableFunction geglu() {
    return new GegluFunction();
  }

  private final class GegluFunction implements DifferentiableFunction {

    @Override
    public NDArray forward(NDArray states) {
      try (ArrayScope scope = new ArrayScope()) {
        NDArray x = TorchKernels.contiguous(states); // (..., 2C)
        Shape shape = x.getShape();
        long channels = last(x) / 2;
        NDArray y = empty(x, shape.slice(0, shape.dimension() - 1).add(channels), x.getDataType());
        launch(x, "geglu", Grid.of(packs(y), THREADS), x, y, packs(y), channels);
        return scope.keep(y);
      }
    }

    @Override
    public NDArray backward(NDArray states, NDArray ofResult, NDArray soFar) {
      try (ArrayScope scope = new ArrayScope()) {
        NDArray x = TorchKernels.contiguous(states);
        NDArray gradient = TorchKernels.contiguous(ofResult);
        NDArray result = empty(x, x.getShape(), x.getDataType());
        long packs = packs(gradient);
        launch(
            x,
            "geglu_backward",
            Grid.of(packs, THREADS),
            x,
            gradient,
            result,
            packs,
            last(gradient));
        return scope.keep(soFar == null ? result : result.add(soFar));
      }
    }

    @Override
    public void close() {}
  }

  @Override
  public NDArray addBias(NDArray a, NDArray b, NDArray bias) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray first = positions(a);
      NDArray second = positions(b);
      NDArray y = empty(first, first.getShape(), first.getDataType());
      launch(
          a, "add_bias", Grid.of(packs(y), THREADS), first, second, bias, y, packs(y), bias.size());
      return scope.keep(picture(y));
    }
  }

  @Override
  public NDArray upsampleTwice(NDArray picture) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray x = positions(picture);
      Shape shape = x.getShape();
      Shape twice = new Shape(shape.get(0), 2 * shape.get(1), 2 * shape.get(2), shape.get(3));
      NDArray y = empty(x, twice, x.getDataType());
      launch(
          x,
          "upsample_twice",
          Grid.of(packs(y), THREADS),
          x,
          y,
          packs(y),
          shape.get(3),
          shape.get(2));
      return scope.keep(picture(y));
    }
  }
}
