package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.List;

/**
 * The random numbers of a batch. Those of each row come from the row's seed alone, so a row gives
 * the same picture whatever the other rows are. It is the picture that diffusers gives with {@code
 * torch.Generator("cpu").manual_seed(seed)}.
 */
final class RowNoise {

  private final NDArray draws; // (draws, B, C, h, w)
  private int taken; // by steps

  /**
   * Draws all numbers of a run.
   *
   * @param manager the manager that owns the numbers, on its device
   * @param seeds the seeds, one for each row
   * @param draws the number of draws: one for the first latents, and one for each step in which the
   *     scheduler adds noise
   * @param shape the shape of one row, (1, C, h, w)
   */
  RowNoise(NDManager manager, List<Long> seeds, int draws, Shape shape) {
    try (ArrayScope scope = new ArrayScope()) {
      NDList rows = new NDList();
      for (long seed : seeds) {
        rows.add(TorchKernels.randn(manager, seed, draws, shape)); // (draws, 1, C, h, w)
      }
      NDArray joined = NDArrays.concat(rows, 1).toDevice(manager.getDevice(), false);
      this.draws = scope.keep(joined);
    }
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
