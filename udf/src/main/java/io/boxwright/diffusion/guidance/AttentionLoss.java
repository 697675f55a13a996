package io.boxwright.diffusion.guidance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.attention.AttentionLayers;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.models.attention.MapSize;
import java.util.List;

/**
 * A loss that tells how far attention is from a layout. {@link BackwardGuidanceRun} reduces it. Two
 * losses are equal if they compute the same.
 */
interface AttentionLoss {

  /** Returns the paths of the attentions that the loss reads, in the order of a forward pass. */
  default List<String> layers(AttentionLayers layers) {
    return layers.guided();
  }

  /**
   * Prepares the loss of some rows: everything that {@link #compute} needs to know of their
   * layouts. Its shapes may depend on the layouts, but few shapes are best, because a GPU records a
   * pass for each.
   *
   * @param manager the manager that owns the arrays, on the device that computes the loss
   * @param layouts the objects of each of R rows, none for a row without layout
   * @param mapSizes the sizes of the maps that the loss reads, one for each layer
   * @return the layouts as arrays, which belong to no {@link io.boxwright.torch.ArrayScope}; the
   *     caller closes them
   */
  NDList prepare(NDManager manager, List<List<LayoutObject>> layouts, List<MapSize> mapSizes);

  /**
   * Computes the loss.
   *
   * @param maps the probabilities of the layers that are read, (R, heads, N, T) each
   * @param prepared the arrays that {@link #prepare} made, or others of the same shapes
   * @return the loss of each row, (R), float32, differentiable
   */
  NDArray compute(List<NDArray> maps, List<NDArray> prepared);
}
