package io.boxwright.spark;

import io.boxwright.pipelines.GeneratedImage;

/**
 * How an image request ended.
 *
 * @param image null if it failed
 * @param error why it failed, else null
 * @param seconds that it took; its share of the batch that it was made in
 */
record ImageOutcome(GeneratedImage image, String error, double seconds) {

  /** An image. Worthless ones, out of latents that are not finite, count as failures. */
  static ImageOutcome of(GeneratedImage image, double seconds) {
    return image.finite()
        ? new ImageOutcome(image, null, seconds)
        : new ImageOutcome(
            null,
            "Non-finite latents: the denoising ran into NaN or infinity; with float16 weights try"
                + " float32, with guidance a smaller loss_scale",
            seconds);
  }

  /** A failure. What is wrong with a row says its message alone; other errors name their class. */
  static ImageOutcome failure(RuntimeException cause) {
    boolean invalidRow = cause instanceof IllegalArgumentException && cause.getMessage() != null;
    return new ImageOutcome(null, invalidRow ? cause.getMessage() : cause.toString(), 0);
  }
}
