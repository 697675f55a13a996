package io.boxwright.torch.cuda;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Functions of arrays that a GPU replays as graphs, like PyTorch's {@code
 * torch.cuda.make_graphed_callables}. The first call of a function with inputs of certain shapes
 * computes it, the second one records it too, and every later one replays it. Each call computes
 * the function exactly once.
 *
 * <p>Graphs take memory. Where it runs out, all graphs are freed, and functions of inputs as large
 * as the last ones are no longer recorded; smaller ones are.
 *
 * <p>Not thread-safe. Closing frees the graphs.
 */
public final class GraphedCallables implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GraphedCallables.class);

  /** The functions and shapes that are kept: those used last. */
  private static final int MOST_CALLABLES = 12;

  private final GraphRecorder recorder;
  private final NDManager manager;
  private final Map<Key, Optional<GraphedCallable>> callables =
      new LinkedHashMap<>(16, 0.75f, true); // the one used last comes last
  private long mostNumbers; // in the first input of a function that is recorded
  private long lastNumbers = Long.MAX_VALUE; // in the first input of the last call, if any

  /**
   * Makes a collection without functions.
   *
   * @param manager the manager that owns the graphs' arrays, of the recorder's device
   * @param mostNumbers the most numbers in the first input of a function that is recorded; larger
   *     ones are computed as usual
   */
  public GraphedCallables(GraphRecorder recorder, NDManager manager, long mostNumbers) {
    this.recorder = recorder;
    this.manager = manager;
    this.mostNumbers = mostNumbers;
  }

  /** A function and the shapes of its inputs. */
  private record Key(Object what, List<Shape> shapes, List<DataType> types) {

    private Key(Object what, NDList inputs) {
      this(
          what,
          inputs.stream().map(NDArray::getShape).toList(),
          inputs.stream().map(NDArray::getDataType).toList());
    }
  }

  /**
   * Computes a function.
   *
   * @param what a key that is equal only for functions that do the same to the same arrays besides
   *     their inputs, such as weights; these arrays live as long as the key
   * @param inputs the arrays that differ from call to call
   * @param function the function, which meets the conditions of {@link GraphRecorder#record}
   * @return its results, which belong to the first input's manager and to the innermost {@link
   *     io.boxwright.torch.ArrayScope}
   */
  public NDList call(Object what, NDList inputs, UnaryOperator<NDList> function) {
    lastNumbers = inputs.get(0).size();
    if (lastNumbers > mostNumbers) {
      return function.apply(inputs);
    }
    Key key = new Key(what, inputs);
    Optional<GraphedCallable> callable = callables.get(key);
    if (callable == null) {
      callables.put(key, Optional.empty());
      return function.apply(inputs);
    }
    try {
      evictOldest();
      return callable.isPresent() ? callable.get().call(inputs) : record(key, inputs, function);
    } catch (CudaException | EngineException e) {
      LOG.warn("Batches as large as this one take longer from now on: a CUDA graph failed", e);
      freeMemory();
      return function.apply(inputs);
    }
  }

  private NDList record(Key key, NDList inputs, UnaryOperator<NDList> function) {
    GraphedCallable callable = new GraphedCallable(recorder, manager, inputs, function);
    callables.put(key, Optional.of(callable));
    NDList results = callable.results(inputs.get(0).getManager());
    if (!callable.isRecorded()) {
      freeMemory();
    }
    return results;
  }

  /**
   * Frees all graphs. Functions are recorded again if their first input is smaller than that of the
   * last call.
   *
   * @return whether there were graphs
   */
  public boolean freeMemory() {
    boolean any = callables.values().stream().anyMatch(Optional::isPresent);
    mostNumbers = Math.min(mostNumbers, lastNumbers - 1);
    close();
    return any;
  }

  private void evictOldest() {
    while (callables.size() > MOST_CALLABLES) {
      Iterator<Optional<GraphedCallable>> oldest = callables.values().iterator();
      oldest.next().ifPresent(GraphedCallable::close);
      oldest.remove();
    }
  }

  @Override
  public void close() {
    callables.values().forEach(callable -> callable.ifPresent(GraphedCallable::close));
    callables.clear();
  }
}
