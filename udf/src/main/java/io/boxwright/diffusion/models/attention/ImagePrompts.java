package io.boxwright.diffusion.models.attention;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;

/**
 * The pictures that cross-attentions with an IP-Adapter attend to besides the prompts, one for each
 * row of a batch. The caller that makes them owns the arrays and closes them.
 *
 * @param states the pictures' states, (B, T, D), of the type of the weights
 * @param scales the weight of each row's picture, (B, 1, 1, 1), of the same type
 */
public record ImagePrompts(NDArray states, NDArray scales) implements AutoCloseable {

  /**
   * Selects the pictures of some rows.
   *
   * @param rows the numbers of the rows, (R), INT64
   * @return R rows, which belong to no {@link ArrayScope}; the caller closes them
   */
  public ImagePrompts selectRows(NDArray rows) {
    return new ImagePrompts(
        ArrayScope.release(TorchKernels.selectRows(states, rows)),
        ArrayScope.release(TorchKernels.selectRows(scales, rows)));
  }

  /** Joins the pictures of two halves of a batch: first those of the other half, then these. */
  public ImagePrompts after(ImagePrompts first) {
    return new ImagePrompts(
        first.states.concat(states, 0), first.scales.concat(scales, 0)); // (2B, ...)
  }

  @Override
  public void close() {
    states.close();
    scales.close();
  }
}
