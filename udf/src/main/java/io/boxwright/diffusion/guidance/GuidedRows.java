package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.layout.MapSizes;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.Arrays;
import java.util.List;

/**
 * What the guided passes of the same rows share. It stays on the device, because a GPU has done all
 * that it was given before it takes anything new from the host.
 */
final class GuidedRows implements AutoCloseable {

  private final int[] rows;
  private final NDArray indices;
  private final NDArray promptEmbeds;
  private final LayoutLoss loss;

  /**
   * Prepares passes.
   *
   * @param manager its device is where they run
   * @param config of the loss
   * @param layouts the objects of all rows of the batch
   * @param allPromptEmbeds the prompts' states of the batch, (B, T, D)
   * @param rows those of the passes
   * @param mapSizes of the UNet's levels
   */
  GuidedRows(
      NDManager manager,
      LayoutGuidanceConfig config,
      List<List<LayoutObject>> layouts,
      NDArray allPromptEmbeds,
      int[] rows,
      MapSizes mapSizes) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      long[] places = Arrays.stream(rows).asLongStream().toArray();
      this.rows = rows;
      this.indices = ArrayScope.release(manager.create(places));
      this.promptEmbeds = ArrayScope.release(TorchKernels.selectRows(allPromptEmbeds, indices));
      this.loss =
          new LayoutLoss(
              manager, config, Arrays.stream(rows).mapToObj(layouts::get).toList(), mapSizes);
    }
  }

  /** Whether these are the rows. */
  boolean are(int[] others) {
    return Arrays.equals(rows, others);
  }

  /** Their places in the batch, (R), INT64. */
  NDArray indices() {
    return indices;
  }

  /** Their prompts' states, (R, T, D). */
  NDArray promptEmbeds() {
    return promptEmbeds;
  }

  /** Their loss. */
  LayoutLoss loss() {
    return loss;
  }

  @Override
  public void close() {
    indices.close();
    promptEmbeds.close();
    loss.close();
  }
}
