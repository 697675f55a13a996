package io.boxwright.job.figures;

import io.boxwright.diffusion.layout.BoundingBox;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An image with what it was asked to show and what detectors found in it.
 *
 * @param id the id of the prompt's row; all images of a prompt have the same
 * @param imageIndex the number of the image among those of its prompt, from 0
 * @param prompt the prompt
 * @param category the benchmark's category of the prompt, or null
 * @param status whether the image was made
 * @param objects the layout; empty without boxes
 * @param expected the things that the image must or must not show; empty if the benchmark has none
 * @param detections the detections that reach the detector's threshold
 * @param width the width of the image in pixels
 * @param height the height of the image in pixels
 * @param clip the CLIP scores, if they were measured
 * @param colors the shares of colours in the asked-for boxes, if they were measured
 */
public record EvaluatedImage(
    String id,
    int imageIndex,
    String prompt,
    String category,
    ImageStatus status,
    List<AskedObject> objects,
    List<Expectation> expected,
    List<DetectedObject> detections,
    int width,
    int height,
    Optional<ClipScores> clip,
    List<ColorShare> colors) {

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException naming the image if its size or index is not possible, or if a
   *     relation leads to no other thing
   */
  public EvaluatedImage {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(clip, "clip");
    objects = List.copyOf(objects);
    expected = List.copyOf(expected);
    detections = List.copyOf(detections);
    colors = List.copyOf(colors);
    if (imageIndex < 0 || width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "Image %d of %s has a size of %d x %d".formatted(imageIndex, id, width, height));
    }
    try {
      Expectation.requireConnected(expected);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Image %d of %s: %s".formatted(imageIndex, id, e.getMessage()), e);
    }
  }

  /** Returns the detections of one label, in the order of the list. */
  List<DetectedObject> detectionsOf(String label) {
    return detections.stream().filter(found -> found.label().equals(label)).toList();
  }

  /** Returns the share of a box's pixels that have a colour, if it was measured. */
  Optional<Double> colorShare(BoundingBox box, String color) {
    return colors.stream()
        .filter(share -> share.box().equals(box) && share.color().equals(color))
        .map(ColorShare::share)
        .findFirst();
  }

  /** Returns a box in pixels of this image. */
  PixelBox toPixels(BoundingBox box) {
    return PixelBox.of(box, width, height);
  }
}
