package io.boxwright.diffusion.pipelines;

import java.awt.image.BufferedImage;
import java.util.Objects;

/**
 * A picture that an image should resemble, for a pipeline with an IP-Adapter.
 *
 * @param image the picture, RGB of any size; transparency is ignored
 * @param scale its weight beside the prompt, usually 0 to 1
 */
public record ImagePrompt(BufferedImage image, double scale) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the scale is not a finite number
   */
  public ImagePrompt {
    Objects.requireNonNull(image, "image");
    if (!Double.isFinite(scale)) {
      throw new IllegalArgumentException(
          "Invalid ip_adapter_scale: %s, it must be a finite number".formatted(scale));
    }
  }
}
