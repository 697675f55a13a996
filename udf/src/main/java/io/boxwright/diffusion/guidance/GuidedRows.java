package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.models.Conditioning;
import io.boxwright.diffusion.models.attention.MapSize;
import io.boxwright.torch.ArrayScope;
import java.util.Arrays;
import java.util.List;

/**
 * The data that guided passes over the same rows share. It stays on the device, because a GPU
 * finishes all its work before it takes anything new from the host.
 */
final class GuidedRows implements AutoCloseable {

  private final int[] rows;
  private final NDArray indices;
  private final Conditioning conditioning;
  private final NDList layouts;

  /**
   * Prepares passes.
   *
   * @param manager the manager whose device runs the passes
   * @param loss the loss that the passes compute
   * @param layouts the objects of all rows of the batch
   * @param ofBatch the conditioning of all rows of the batch
   * @param rows the rows of the passes
   * @param mapSizes the sizes of the maps that the loss reads, one for each layer
   */
  GuidedRows(
      NDManager manager,
      AttentionLoss loss,
      List<List<LayoutObject>> layouts,
      Conditioning ofBatch,
      int[] rows,
      List<MapSize> mapSizes) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      long[] places = Arrays.stream(rows).asLongStream().toArray();
      this.rows = rows;
      this.indices = ArrayScope.release(manager.create(places));
      this.conditioning = ofBatch.selectRows(indices);
      this.layouts =
          loss.prepare(manager, Arrays.stream(rows).mapToObj(layouts::get).toList(), mapSizes);
    }
  }

  /** Returns whether these are the rows. */
  boolean are(int[] others) {
    return Arrays.equals(rows, others);
  }

  /** Returns the places of the rows in the batch, (R), INT64. */
  NDArray indices() {
    return indices;
  }

  /** Returns the conditioning of the rows. */
  Conditioning conditioning() {
    return conditioning;
  }

  /** Returns the layouts of the rows, as the loss prepared them. */
  NDList layouts() {
    return layouts;
  }

  @Override
  public void close() {
    indices.close();
    conditioning.close();
    layouts.close();
  }
}
