package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import io.boxwright.diffusion.models.AutoencoderKL;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A decoder of latents into images. It decodes a few rows at a time, so memory does not grow with
 * the number of rows. A GPU gets all rows at once; {@link #fetchImages} then waits for the results.
 * Callers switch grad mode off.
 */
final class LatentDecoder implements AutoCloseable {

  /** The rows that are decoded together, enough to keep a GPU busy. */
  private static final int DECODED_TOGETHER = 4;

  private final AutoencoderKL vae;
  private final List<Rows> parts = new ArrayList<>();

  /**
   * Begins to decode.
   *
   * @param vae the VAE that decodes
   * @param latents the latents, (B, C, h, w)
   * @param requests the B requests of the latents
   */
  LatentDecoder(AutoencoderKL vae, NDArray latents, List<GenerationRequest> requests) {
    this.vae = vae;
    for (int from = 0; from < requests.size(); from += DECODED_TOGETHER) {
      int to = Math.min(requests.size(), from + DECODED_TOGETHER);
      boolean padding = requests.subList(from, to).stream().allMatch(GenerationRequest::isPadding);
      parts.add(padding ? Rows.ofPadding(to - from) : decode(latents, from, to));
    }
  }

  /**
   * A decoded image.
   *
   * @param image the picture, RGB
   * @param finite true if its latents and its pixels were finite numbers
   * @param nsfw true if the image is black because its content was unsafe; empty if that was not
   *     checked
   */
  record Decoded(BufferedImage image, boolean finite, Optional<Boolean> nsfw) {}

  /**
   * The rows that are decoded together: pixels (K, H, W, 3), UINT8, and finite (K); both null for
   * padding.
   */
  private record Rows(int count, NDArray pixels, NDArray finite) {

    private static Rows ofPadding(int count) {
      return new Rows(count, null, null);
    }

    private Fetched fetch() {
      return pixels == null
          ? new Fetched(count, null, null)
          : new Fetched(count, Pixels.fetch(pixels), finite.toBooleanArray());
    }
  }

  private Rows decode(NDArray latents, int from, int to) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      NDArray scaled = latents.get(new NDIndex("{}:{}", from, to)); // (K, C, h, w)
      NDArray unscaled = TorchKernels.scale(1 / vae.config().scalingFactor(), scaled);
      NDArray images = vae.decode(unscaled); // (K, 3, H, W)
      NDArray finite =
          TorchKernels.finiteRows(scaled).logicalAnd(TorchKernels.finiteRows(images)); // (K)
      return new Rows(
          to - from,
          ArrayScope.release(PipelineKernels.toPixels(images)),
          ArrayScope.release(finite));
    }
  }

  /**
   * Fetches the images, one for each row; null where all rows that are decoded together are
   * padding. Their pixels are fetched in turn; then all cores make the images.
   */
  List<Decoded> fetchImages() {
    List<Fetched> fetched = parts.stream().map(Rows::fetch).toList();
    return fetched.parallelStream().flatMap(Fetched::makeImages).toList();
  }

  /** The pixels of {@link Rows} on the host; null for padding. */
  private record Fetched(int count, Pixels pixels, boolean[] finite) {

    private Stream<Decoded> makeImages() {
      return IntStream.range(0, count).mapToObj(i -> pixels == null ? null : makeImage(i));
    }

    private Decoded makeImage(int place) {
      return new Decoded(pixels.makeImage(place), finite[place], Optional.empty());
    }
  }

  @Override
  public void close() {
    for (Rows rows : parts) {
      if (rows.pixels() != null) {
        rows.pixels().close();
        rows.finite().close();
      }
    }
  }
}
