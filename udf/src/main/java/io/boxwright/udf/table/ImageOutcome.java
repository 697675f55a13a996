package io.boxwright.udf.table;

import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.text.Printable;
import io.boxwright.text.Redaction;
import java.util.List;

/**
 * The outcome of an image request.
 *
 * @param image the image; null if the request failed
 * @param layout the requested objects; empty for plain Stable Diffusion, and if the request failed
 * @param error the reason of the failure; null if there is an image
 * @param refused true if the request was not even tried, because the row itself is wrong
 * @param seconds the time of the batch in seconds, divided by its number of images
 */
public record ImageOutcome(
    GeneratedImage image,
    List<LayoutObject> layout,
    String error,
    boolean refused,
    double seconds) {

  private static final int MOST_CHARACTERS_OF_ERROR = 1_000;

  /** Copies the list. */
  public ImageOutcome {
    layout = List.copyOf(layout);
  }

  /**
   * Creates the outcome of an image and the layout of its request. An image from latents that are
   * not finite is worthless and counts as a failure.
   */
  public static ImageOutcome of(GeneratedImage image, List<LayoutObject> layout, double seconds) {
    return image.finite()
        ? new ImageOutcome(image, layout, null, false, seconds)
        : new ImageOutcome(
            null,
            List.of(),
            "Non-finite latents: the denoising ran into NaN or infinity; with float16 weights try"
                + " float32, with guidance a smaller loss_scale",
            false,
            seconds);
  }

  /** Creates the outcome of a wrong row, with the message of the error, but not its class. */
  public static ImageOutcome refusal(IllegalArgumentException cause) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new ImageOutcome(null, List.of(), toLine(message), true, 0);
  }

  /** Creates the outcome of a row that failed while it was made, with the error and its class. */
  public static ImageOutcome failure(RuntimeException cause) {
    return new ImageOutcome(null, List.of(), toLine(cause.toString()), false, 0);
  }

  /** Makes a short and safe line, because messages quote prompts and paths. */
  private static String toLine(String message) {
    return Printable.shortened(Redaction.of(message), MOST_CHARACTERS_OF_ERROR);
  }
}
