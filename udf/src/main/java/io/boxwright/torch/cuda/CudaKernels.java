package io.boxwright.torch.cuda;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.torch.ArrayMemory;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.DifferentiableFunction;
import io.boxwright.torch.cuda.CudaModule.Grid;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The {@link FusedKernels} of one GPU: {@code cuda_kernels.cu} next to this class, in float16 and
 * float32. Pictures come in and go out as channels last.
 */
final class CudaKernels implements FusedKernels {

  private static final String FILE = "cuda_kernels.cu";
  private static final Set<DataType> TYPES = Set.of(DataType.FLOAT16, DataType.FLOAT32);

  /** The most threads of a block, which has at least one for each pack of a position's channels. */
  private static final int MOST_THREADS = 640;

  private static final int MOST_SAMPLES = 65_535;

  private final Device device;
  private final String source = readSource();
  private final Map<DataType, Optional<CudaModule>> modules = new ConcurrentHashMap<>();

  /**
   * Makes the kernels of a GPU. They are compiled at their first use, which takes about a second
   * for each type.
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
    findModule(type);
  }

  private Optional<CudaModule> findModule(DataType type) {
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

  private static String readSource() {
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
        && channels % CudaArrays.packWidth(type) == 0
        && channels / CudaArrays.packWidth(type) <= MOST_THREADS
        && x.getShape().get(0) <= MOST_SAMPLES
        && findModule(type).isPresent();
  }

  /** Launches a kernel for arrays of a type. */
  void launch(NDArray like, String kernel, Grid grid, Object... arguments) {
    findModule(like.getDataType()).orElseThrow().launch(kernel, grid, arguments);
  }

  @Override
  public DifferentiableFunction groupNorm(
      NDArray channels,
      int groups,
      NDArray weight,
      NDArray bias,
      double epsilon,
      Activation activation) {
    return new CudaGroupNorm(this, channels, groups, weight, bias, epsilon, activation);
  }

  @Override
  public DifferentiableFunction layerNorm(NDArray weight, NDArray bias, double epsilon) {
    return new CudaLayerNorm(this, weight, bias, epsilon);
  }

  @Override
  public DifferentiableFunction geglu() {
    return new CudaGEGLU(this);
  }

  @Override
  public NDArray addBias(NDArray a, NDArray b, NDArray bias) {
    try (ArrayScope scope = new ArrayScope()) {
      return scope.keep(addBiasAt(CudaArrays.positions(a), CudaArrays.positions(b), bias));
    }
  }

  @Override
  public NDArray addBias(NDArray x, NDArray bias) {
    try (ArrayScope scope = new ArrayScope()) {
      return scope.keep(addBiasAt(CudaArrays.positions(x), null, bias));
    }
  }

  /** Adds (B, H, W, C), another one or null, and (C). */
  private NDArray addBiasAt(NDArray a, NDArray b, NDArray bias) {
    NDArray y = CudaArrays.emptyLike(a);
    long packs = CudaArrays.packs(y);
    launch(a, "add_bias", Grid.of(packs), a, b, bias, y, packs, bias.size());
    return CudaArrays.picture(y);
  }

  @Override
  public NDArray joinChannels(NDArray a, NDArray b) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray first = CudaArrays.positions(a);
      NDArray second = CudaArrays.positions(b);
      Shape shape = first.getShape();
      long channels = shape.get(3);
      long added = second.getShape().get(3);
      NDArray y =
          CudaArrays.empty(first, shape.slice(0, 3).add(channels + added), first.getDataType());
      long packs = CudaArrays.packs(y);
      launch(
          first,
          "join_channels",
          Grid.of(packs),
          first,
          second,
          y,
          packs,
          channels,
          added,
          second.size() / added);
      return scope.keep(CudaArrays.picture(y));
    }
  }

  @Override
  public NDArray upsampleTwice(NDArray picture) {
    try (ArrayScope scope = new ArrayScope()) {
      NDArray x = CudaArrays.positions(picture);
      Shape shape = x.getShape();
      Shape twice = new Shape(shape.get(0), 2 * shape.get(1), 2 * shape.get(2), shape.get(3));
      NDArray y = CudaArrays.empty(x, twice, x.getDataType());
      launch(
          x,
          "upsample_twice",
          Grid.of(CudaArrays.packs(y)),
          x,
          y,
          CudaArrays.packs(y),
          shape.get(3),
          shape.get(2));
      return scope.keep(CudaArrays.picture(y));
    }
  }
}
