package io.boxwright.torch.cuda;

import ai.djl.Device;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records what a GPU does, so that it can do the same again at once, without the host's work for
 * each kernel: a CUDA graph. Used by {@link GraphedCallables}.
 *
 * <p>A graph names its memory by address. That memory must stay its own, so libtorch has to take it
 * from CUDA's stream-ordered allocator, which knows graphs: {@code PYTORCH_CUDA_ALLOC_CONF} must
 * have {@code backend:cudaMallocAsync} when the process starts. Without it there is no recorder.
 */
public interface GraphRecorder {

  /** Recorded work. */
  interface Recording extends AutoCloseable {

    /** Does the work again, after everything that this thread gave libtorch before. */
    void replay();

    @Override
    void close();
  }

  /**
   * Does work in the place where it will be recorded, and waits for it. Libraries prepare there
   * what they keep for later calls.
   */
  void warmUp(Runnable work);

  /**
   * Records work, without doing it. The work must neither wait for the GPU nor read anything from
   * it, and must free every array that it makes.
   *
   * @return the recording, which the caller closes
   * @throws CudaException if the work cannot be recorded
   */
  Recording record(Runnable work);

  /** Returns the recorder of a device, if it can record. */
  static Optional<GraphRecorder> of(Device device) {
    return Loaded.BY_DEVICE
        .getOrDefault(FusedKernels.Loaded.key(device), () -> Loaded.load(device))
        .get();
  }

  /** Loads the recorders of devices; tests put others in their place. */
  final class Loaded {

    private static final Logger LOG = LoggerFactory.getLogger(GraphRecorder.class);
    private static final Map<Integer, Supplier<Optional<GraphRecorder>>> BY_DEVICE =
        new ConcurrentHashMap<>();

    private Loaded() {}

    /** Uses a recorder for a device; null takes it back. */
    static void replace(Device device, GraphRecorder recorder) {
      if (recorder == null) {
        BY_DEVICE.remove(FusedKernels.Loaded.key(device));
      } else {
        BY_DEVICE.put(FusedKernels.Loaded.key(device), () -> Optional.of(recorder));
      }
    }

    private static Optional<GraphRecorder> load(Device device) {
      if (!device.isGpu()) {
        return Optional.empty();
      }
      if (!allocatorKnowsGraphs()) {
        LOG.info(
            "Small batches will take longer on {}: PYTORCH_CUDA_ALLOC_CONF lacks"
                + " backend:cudaMallocAsync",
            device);
        return Optional.empty();
      }
      try {
        return Optional.of(new CudaGraphRecorder(device));
      } catch (CudaException | LinkageError e) {
        LOG.warn("Small batches will take longer on {}: it has no CUDA graphs", device, e);
        return Optional.empty();
      }
    }

    private static boolean allocatorKnowsGraphs() {
      String newName = System.getenv("PYTORCH_ALLOC_CONF"); // libtorch 2.7 does not know it
      return choosesAllocator(System.getenv("PYTORCH_CUDA_ALLOC_CONF"))
          && (newName == null || choosesAllocator(newName));
    }

    private static boolean choosesAllocator(String configuration) {
      return configuration != null && configuration.contains("backend:cudaMallocAsync");
    }
  }
}
