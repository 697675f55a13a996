package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.guidance.GuidanceTrace;
import io.boxwright.diffusion.metrics.LayoutAdherence;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One image, its scores, and records of how it was made.
 *
 * @param image the picture, RGB, 8 bits per channel
 * @param finite true if all latents were finite numbers; otherwise the image is worthless
 * @param adherence the scores of its layout; empty if it has no layout
 * @param guidance the record of the guidance
 * @param attentionMaps the maps that the scores come from, if they were asked for
 * @param warnings sentences, for example about a prompt that was cut
 * @param nsfw true if the model's safety checker found unsafe content and the picture is black
 *     instead; empty if nothing checked it
 */
public record GeneratedImage(
    BufferedImage image,
    boolean finite,
    Optional<LayoutAdherence> adherence,
    GuidanceTrace guidance,
    List<AttentionMap> attentionMaps,
    List<String> warnings,
    Optional<Boolean> nsfw) {

  /** Copies the lists. */
  public GeneratedImage {
    attentionMaps = List.copyOf(attentionMaps);
    warnings = List.copyOf(warnings);
  }

  /** Returns the same image with one more warning. */
  public GeneratedImage withWarning(String warning) {
    List<String> more = Stream.concat(warnings.stream(), Stream.of(warning)).toList();
    return new GeneratedImage(image, finite, adherence, guidance, attentionMaps, more, nsfw);
  }
}
