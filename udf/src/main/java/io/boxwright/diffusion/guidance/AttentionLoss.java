package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.attention.AttentionLayers;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.models.attention.MapSizes;
import java.util.List;

/** How far attention is from a layout: what {@link BackwardGuidanceRun} brings down. */
interface AttentionLoss {

  /** The paths of the attentions that it reads, in the order of a forward pass. */
  default List<String> layers(AttentionLayers layers) {
    return layers.guided();
  }

  /**
   * Prepares the loss of some rows.
   *
   * @param manager its device is where the loss is computed
   * @param layouts the objects of each row, none for a row without layout
   * @param mapSizes of the denoiser's levels
   * @return what the caller closes
   */
  OfRows prepare(NDManager manager, List<List<LayoutObject>> layouts, MapSizes mapSizes);

  /** The loss of certain rows, in as many passes as these have. */
  interface OfRows extends AutoCloseable {

    /**
     * Computes the loss.
     *
     * @param maps the probabilities of the layers that are read, (R, heads, N, T) each
     * @return (R), float32, differentiable
     */
    NDArray compute(List<NDArray> maps);

    @Override
    void close();
  }
}
