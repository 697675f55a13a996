package io.boxwright.job.evaluation;

import io.boxwright.diffusion.detection.Detection;
import io.boxwright.job.figures.ClipScores;
import io.boxwright.job.figures.ColorShare;
import io.boxwright.job.figures.DetectedObject;
import io.boxwright.job.figures.EvaluatedImage;
import io.boxwright.job.figures.ImageStatus;
import java.util.List;
import java.util.Optional;

/**
 * The scores of an image.
 *
 * @param image the image
 * @param labels the labels that were looked for
 * @param detections the detections; their queries are labels without the words of a template
 * @param clip the CLIP scores, if they were measured
 * @param colors the shares of colours in the asked-for boxes, if they were measured
 */
record ImageScore(
    StoredImage image,
    List<String> labels,
    List<Detection> detections,
    Optional<ClipScores> clip,
    List<ColorShare> colors) {

  /** Copies the lists. */
  ImageScore {
    labels = List.copyOf(labels);
    detections = List.copyOf(detections);
    colors = List.copyOf(colors);
  }

  /**
   * Returns what a benchmark judges: the image, what it was asked to show, and what was found in
   * it. A detection of something else than what was looked for does not count.
   *
   * @throws IllegalStateException if the image has an error
   */
  EvaluatedImage toEvaluatedImage() {
    if (image.error() != null) {
      throw new IllegalStateException("The image has an error: " + image.error());
    }
    return new EvaluatedImage(
        image.id(),
        image.imageIndex(),
        Optional.ofNullable(image.prompt()).orElse(""),
        image.category(),
        ImageStatus.OK,
        image.asked(),
        image.expected(),
        detections.stream()
            .filter(found -> found.query().equals(found.label()))
            .map(found -> new DetectedObject(found.query(), found.score(), found.box()))
            .toList(),
        image.width(),
        image.height(),
        clip,
        colors);
  }

  /** Makes the score of an image that could not be evaluated. */
  static ImageScore failed(StoredImage image) {
    return new ImageScore(image, List.of(), List.of(), Optional.empty(), List.of());
  }
}
