package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;

/**
 * What a {@link Denoiser} is told beside latents and time, of each row of a batch. Who makes one
 * owns its arrays.
 *
 * @param promptEmbeds the prompts' states, (B, T, D)
 */
public record Conditioning(NDArray promptEmbeds) implements AutoCloseable {

  /**
   * That of some rows.
   *
   * @param rows (R), INT64
   * @return (R, T, D), which belongs to no {@link ArrayScope}; the caller closes it
   */
  public Conditioning selectRows(NDArray rows) {
    return new Conditioning(ArrayScope.release(TorchKernels.selectRows(promptEmbeds, rows)));
  }

  /**
   * That of twice as many rows, as classifier-free guidance has them.
   *
   * @param unconditional the first half, (B, T, D); this is the second one
   * @return (2B, T, D)
   */
  public Conditioning after(Conditioning unconditional) {
    NDArray first = unconditional.promptEmbeds;
    return new Conditioning(
        first.concat(promptEmbeds.toType(first.getDataType(), false), 0)); // (2B, T, D)
  }

  @Override
  public void close() {
    promptEmbeds.close();
  }
}
