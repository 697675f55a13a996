package io.boxwright.torch.cuda;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A function that was recorded with inputs of certain shapes. It owns the arrays that the recording
 * reads and writes: a call copies its inputs into them, and its results out of them.
 */
final class GraphedCallable implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GraphedCallable.class);

  private final NDManager manager;
  private final NDList inputs;
  private final NDList results;
  private final GraphRecorder.Recording recording; // null if the function cannot be recorded

  /**
   * Computes a function, and records it if it can. Its results for these inputs are {@link
   * #results}.
   */
  GraphedCallable(
      GraphRecorder recorder, NDManager parent, NDList first, UnaryOperator<NDList> function) {
    manager = parent.newSubManager();
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      inputs = own(first);
      NDList computed = new NDList();
      recorder.warmUp(() -> computed.addAll(function.apply(inputs)));
      results = own(computed);
      recording = record(recorder, function);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  private GraphRecorder.Recording record(GraphRecorder recorder, UnaryOperator<NDList> function) {
    try {
      return recorder.record(() -> overwriteResults(function));
    } catch (CudaException | EngineException e) {
      LOG.warn("A pass cannot be recorded as a CUDA graph", e);
      return null;
    }
  }

  /** Returns whether {@link #call} can be used. */
  boolean isRecorded() {
    return recording != null;
  }

  /** Copies arrays for as long as this lives. */
  private NDList own(NDList arrays) {
    NDList copies = copy(arrays, manager);
    copies.forEach(ArrayScope::release);
    return copies;
  }

  private static NDList copy(NDList arrays, NDManager owner) {
    NDList copies = new NDList(arrays.size());
    for (NDArray array : arrays) {
      NDArray copy = array.duplicate();
      copy.attach(owner);
      copies.add(copy);
    }
    return copies;
  }

  private void overwriteResults(UnaryOperator<NDList> function) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      overwrite(results, function.apply(inputs));
    }
  }

  private static void overwrite(NDList targets, NDList sources) {
    for (int i = 0; i < targets.size(); i++) {
      TorchKernels.copy(targets.get(i), sources.get(i));
    }
  }

  /** Returns a copy of the last results, which belongs to a manager and to the innermost scope. */
  NDList results(NDManager owner) {
    return copy(results, owner);
  }

  /** Computes the function for inputs of the same shapes; returns {@link #results}. */
  NDList call(NDList next) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      overwrite(inputs, next);
    }
    recording.replay();
    return results(next.get(0).getManager());
  }

  @Override
  public void close() {
    try (manager) {
      if (isRecorded()) {
        recording.close();
      }
    }
  }
}
