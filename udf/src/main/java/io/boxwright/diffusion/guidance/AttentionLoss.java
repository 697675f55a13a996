package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.attention.AttentionLayers;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.models.attention.MapSizes;
import java.util.List;

/** A loss that tells how far attention is from a layout. {@link BackwardGuidanceRun} reduces it. */
interface AttentionLoss {

  /** Returns the paths of the attentions that the loss reads, in the order of a forward pass. */
  default List<String> layers(AttentionLayers layers) {
    return layers.guided();
  }

  /**
   * Prepares the loss of some rows.
   *
   * @param manager the manager whose device computes the loss
   * @param layouts the objects of each row, none for a row without layout
   * @param mapSizes the sizes of the maps at the denoiser's levels
   * @return the loss of these rows, which the caller closes
   */
  OfRows prepare(NDManager manager, List<List<LayoutObject>> layouts, MapSizes mapSizes);

  /** The loss of certain rows, for all passes over them. */
  interface OfRows extends AutoCloseable {

    /**
     * Computes the loss.
     *
     * @param maps the probabilities of the layers that are read, (R, heads, N, T) each
     * @return the loss of each row, (R), float32, differentiable
     */
    NDArray compute(List<NDArray> maps);

    @Override
    void close();
  }
}
