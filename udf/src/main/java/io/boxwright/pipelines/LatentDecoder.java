package io.boxwright.pipelines;

import ai.djl.ndarray.NDArray;
import io.boxwright.models.AutoencoderKL;
import io.boxwright.nn.ArrayScope;
import io.boxwright.nn.TorchKernels;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Latents to images. To be used with grad mode off. */
record LatentDecoder(AutoencoderKL vae) {

  /** Enough to keep a GPU busy. */
  private static final int DECODED_TOGETHER = 4;

  /**
   * An image and whether it is one.
   *
   * @param image RGB
   * @param finite whether its latents and its pixels were finite numbers
   */
  record Decoded(BufferedImage image, boolean finite) {}

  /**
   * Decodes latents a few rows at a time, so that memory does not grow with their number.
   *
   * @param latents (B, C, h, w)
   * @param requests B
   * @return one a row; null where all rows that would be decoded together are padding
   */
  List<Decoded> decode(NDArray latents, List<GenerationRequest> requests) {
    List<Decoded> decoded = new ArrayList<>();
    for (int from = 0; from < requests.size(); from += DECODED_TOGETHER) {
      int to = Math.min(requests.size(), from + DECODED_TOGETHER);
      boolean padding = requests.subList(from, to).stream().allMatch(GenerationRequest::isPadding);
      decoded.addAll(padding ? Collections.nCopies(to - from, null) : decode(latents, from, to));
    }
    return decoded;
  }

  private List<Decoded> decode(NDArray latents, int from, int to) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      NDArray rows = latents.getManager().create(LongStream.range(from, to).toArray()); // (K)
      NDArray scaled = TorchKernels.selectRows(latents, rows); // (K, C, h, w)
      NDArray unscaled = TorchKernels.scale(1 / vae.config().scalingFactor(), scaled);
      NDArray images = vae.decode(unscaled); // (K, 3, H, W)
      boolean[] finiteLatents = TorchKernels.finiteRows(scaled);
      boolean[] finiteImages = TorchKernels.finiteRows(images);
      List<BufferedImage> pictures = Pixels.toImages(TorchKernels.toPixels(images));
      return IntStream.range(0, pictures.size())
          .mapToObj(i -> new Decoded(pictures.get(i), finiteLatents[i] && finiteImages[i]))
          .toList();
    }
  }
}
