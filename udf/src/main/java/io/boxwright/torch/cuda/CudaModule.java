package io.boxwright.torch.cuda;

import ai.djl.ndarray.NDArray;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import io.boxwright.torch.ArrayMemory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;

/**
 * A compiled CUDA file on one GPU, in the context and on the stream that libtorch uses there. A
 * kernel runs after all earlier work that this thread gave libtorch, and before all later work.
 * Lives as long as the process. Thread-safe.
 */
final class CudaModule {

  private static final int COMPUTE_CAPABILITY_MAJOR = 75; // CUdevice_attribute
  private static final int COMPUTE_CAPABILITY_MINOR = 76;
  private static final ThreadLocal<Parameters> PARAMETERS =
      ThreadLocal.withInitial(Parameters::new);

  private final CudaContext context;
  private final long module;
  private final Map<String, Long> functions = new ConcurrentHashMap<>();

  /**
   * Compiles and loads a file.
   *
   * @param ordinal the number of the GPU
   * @param compiler the function that makes machine code for an architecture such as {@code 90}
   */
  CudaModule(int ordinal, IntFunction<byte[]> compiler) {
    context = new CudaContext(ordinal);
    byte[] image = compiler.apply(architecture(context));
    LongByReference result = new LongByReference();
    context.run(() -> CudaDriver.check(CudaDriver.cuModuleLoadData(result, image), "load kernels"));
    module = result.getValue();
  }

  private static int architecture(CudaContext context) {
    return 10 * context.attribute(COMPUTE_CAPABILITY_MAJOR)
        + context.attribute(COMPUTE_CAPABILITY_MINOR);
  }

  /**
   * The threads that run a kernel.
   *
   * @param columns columns of blocks
   * @param rows rows of blocks
   * @param threads threads of a block
   * @param sharedBytes bytes of shared memory of a block
   */
  record Grid(long columns, long rows, int threads, int sharedBytes) {

    /** The usual number of threads of a block. */
    static final int THREADS = 256;

    /** Returns a grid with one thread for each item. */
    static Grid of(long items) {
      return new Grid((items + THREADS - 1) / THREADS, 1, THREADS, 0);
    }
  }

  /**
   * Launches a kernel and does not wait for it.
   *
   * @param arguments one for each parameter, of eight bytes: an array of this GPU for a pointer,
   *     null for a null pointer, a Long, or a Double
   */
  void launch(String kernel, Grid grid, Object... arguments) {
    long function = functions.computeIfAbsent(kernel, this::findFunction);
    long parameters = PARAMETERS.get().write(arguments);
    long stream = CudaStream.current();
    context.run(
        () ->
            CudaDriver.check(
                CudaDriver.cuLaunchKernel(
                    function,
                    Math.toIntExact(grid.columns()),
                    Math.toIntExact(grid.rows()),
                    1,
                    grid.threads(),
                    1,
                    1,
                    grid.sharedBytes(),
                    stream,
                    parameters,
                    0),
                "launch " + kernel));
  }

  private long findFunction(String kernel) {
    LongByReference function = new LongByReference();
    context.run(
        () ->
            CudaDriver.check(
                CudaDriver.cuModuleGetFunction(function, module, kernel), "find " + kernel));
    return function.getValue();
  }

  /** The memory of a thread's arguments: their values and the addresses of these. */
  private static final class Parameters {

    private static final int MOST = 24;

    private final Memory values = new Memory((long) MOST * Long.BYTES);
    private final Memory addresses = new Memory((long) MOST * Long.BYTES);

    private Parameters() {
      for (int i = 0; i < MOST; i++) {
        addresses.setPointer((long) i * Long.BYTES, values.share((long) i * Long.BYTES));
      }
    }

    private long write(Object... arguments) {
      for (int i = 0; i < arguments.length; i++) {
        values.setLong((long) i * Long.BYTES, bits(arguments[i]));
      }
      return Pointer.nativeValue(addresses);
    }

    private static long bits(Object argument) {
      if (argument == null) {
        return 0;
      } else if (argument instanceof NDArray array) {
        return ArrayMemory.address(array);
      } else if (argument instanceof Double number) {
        return Double.doubleToRawLongBits(number);
      }
      return ((Number) argument).longValue();
    }
  }
}
