package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * The random numbers of a batch. Those of each row come from the row's own seed and place, so a row
 * gives the same picture whatever the other rows are. It is the picture that diffusers gives with
 * {@code torch.Generator("cpu").manual_seed(seed)}.
 */
final class RowNoise {

  private final NDArray draws; // (draws, B, C, h, w)
  private int taken; // by steps

  /** A generator that rows share. */
  private record Generator(long seed, int rows) {

    static Generator of(GenerationRequest request) {
      return new Generator(request.seed(), request.place().rows());
    }
  }

  /**
   * Draws all numbers of a run.
   *
   * @param manager the manager that owns the numbers, on its device
   * @param requests the requests, one for each row
   * @param draws the number of draws: one for the first latents, and one for each step in which the
   *     scheduler adds noise
   * @param shape the shape of one row, (1, C, h, w)
   */
  RowNoise(NDManager manager, List<GenerationRequest> requests, int draws, Shape shape) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      Map<Generator, List<Integer>> wanted = new LinkedHashMap<>();
      for (GenerationRequest request : requests) {
        wanted
            .computeIfAbsent(Generator.of(request), key -> new ArrayList<>())
            .add(request.place().row());
      }
      Map<Generator, Queue<NDArray>> drawn = new LinkedHashMap<>();
      wanted.forEach(
          (generator, rows) -> drawn.put(generator, draw(manager, generator, rows, draws, shape)));
      NDList joined = new NDList();
      requests.forEach(request -> joined.add(drawn.get(Generator.of(request)).remove()));
      NDArray all = NDArrays.concat(joined, 1).toDevice(manager.getDevice(), false);
      this.draws = scope.keep(all);
    }
  }

  /** Draws the numbers of all rows of a generator, and returns those of some, (draws, 1, ...). */
  private static Queue<NDArray> draw(
      NDManager manager, Generator generator, List<Integer> rows, int draws, Shape shape) {
    long[] places = rows.stream().mapToLong(Integer::longValue).toArray();
    NDArray some =
        TorchKernels.randnRows(
            manager, generator.seed(), draws, shape, generator.rows(), places); // (draws, K, ...)
    Queue<NDArray> queue = new ArrayDeque<>();
    for (int k = 0; k < places.length; k++) {
      queue.add(some.get(":, %d:%d".formatted(k, k + 1))); // (draws, 1, C, h, w)
    }
    return queue;
  }

  /** Returns standard normal numbers for the first latents, (B, C, h, w). */
  NDArray initial() {
    return draws.get(0);
  }

  /** Returns the numbers for the next step that takes noise, (B, C, h, w). */
  NDArray next() {
    taken++;
    return draws.get(taken);
  }
}
