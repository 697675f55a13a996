package io.boxwright.udf.table;

import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.pipelines.GeneratedImage;
import io.boxwright.text.Printable;
import io.boxwright.text.Redaction;
import java.util.List;

/**
 * How an image request ended.
 *
 * @param image null if it failed
 * @param layout the objects that were asked for; empty for plain Stable Diffusion, and if it failed
 * @param error why it failed, else null
 * @param refused whether it was not even tried, because the row itself is wrong
 * @param seconds that it took; its share of the batch that it was made in
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
   * An image and the layout it was asked for with. Worthless ones, out of latents that are not
   * finite, count as failures.
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

  /** A row that is wrong. Its message says what is wrong with it, without the error's class. */
  public static ImageOutcome refusal(IllegalArgumentException cause) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return new ImageOutcome(null, List.of(), line(message), true, 0);
  }

  /** A row that failed while it was made: the error with its class. */
  public static ImageOutcome failure(RuntimeException cause) {
    return new ImageOutcome(null, List.of(), line(cause.toString()), false, 0);
  }

  /** Messages quote prompts and paths. */
  private static String line(String message) {
    return Printable.shortened(Redaction.of(message), MOST_CHARACTERS_OF_ERROR);
  }
}
