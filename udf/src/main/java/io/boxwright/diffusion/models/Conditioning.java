package io.boxwright.diffusion.models;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.boxwright.diffusion.models.attention.ImagePrompts;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.util.List;
import java.util.Optional;

/**
 * The input of a {@link Denoiser} besides latents and time, for each row of a batch. The caller
 * that makes one owns its arrays and closes it.
 *
 * @param promptEmbeds the prompts' states, (B, T, D)
 * @param images the pictures of an IP-Adapter, B rows; empty without one
 * @param guidanceScale the scale of classifier-free guidance, which only a denoiser reads that
 *     {@linkplain Denoiser#embedsGuidanceScale embeds} it
 */
public record Conditioning(
    NDArray promptEmbeds, Optional<ImagePrompts> images, double guidanceScale)
    implements AutoCloseable {

  /**
   * Selects the conditioning of some rows.
   *
   * @param rows the numbers of the rows, (R), INT64
   * @return R rows, which belong to no {@link ArrayScope}; the caller closes it
   */
  public Conditioning selectRows(NDArray rows) {
    return new Conditioning(
        ArrayScope.release(TorchKernels.selectRows(promptEmbeds, rows)), // (R, T, D)
        images.map(pictures -> pictures.selectRows(rows)),
        guidanceScale);
  }

  /** Returns the arrays, always in the same order. */
  public NDList arrays() {
    NDList arrays = new NDList(promptEmbeds);
    images.ifPresent(pictures -> arrays.addAll(List.of(pictures.states(), pictures.scales())));
    return arrays;
  }

  /** Returns a conditioning with other {@link #arrays}, which stay the caller's. */
  public Conditioning withArrays(List<NDArray> arrays) {
    return new Conditioning(
        arrays.get(0),
        images.map(pictures -> new ImagePrompts(arrays.get(1), arrays.get(2))),
        guidanceScale);
  }

  /**
   * Joins two conditionings to one of twice as many rows, as classifier-free guidance needs it.
   *
   * @param unconditional the first half, (B, T, D); this is the second one
   * @return (2B, T, D)
   */
  public Conditioning after(Conditioning unconditional) {
    NDArray first = unconditional.promptEmbeds;
    return new Conditioning(
        first.concat(promptEmbeds.toType(first.getDataType(), false), 0), // (2B, T, D)
        images.map(pictures -> pictures.after(unconditional.images.orElseThrow())),
        guidanceScale);
  }

  @Override
  public void close() {
    promptEmbeds.close();
    images.ifPresent(ImagePrompts::close);
  }
}
