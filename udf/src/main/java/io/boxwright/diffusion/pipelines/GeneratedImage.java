package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.guidance.GuidanceTrace;
import io.boxwright.diffusion.metrics.LayoutAdherence;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One image and what is known of how it was made.
 *
 * @param image RGB, 8 bits a channel
 * @param finite whether all latents were finite numbers; if not, the image is worthless
 * @param adherence scores of its layout; empty if it has none
 * @param guidance what the guidance did
 * @param attentionMaps the maps it was scored by, if they were asked for
 * @param warnings such as a prompt that was cut
 */
public record GeneratedImage(
    BufferedImage image,
    boolean finite,
    Optional<LayoutAdherence> adherence,
    GuidanceTrace guidance,
    List<AttentionMap> attentionMaps,
    List<String> warnings) {

  /** Copies the lists. */
  public GeneratedImage {
    attentionMaps = List.copyOf(attentionMaps);
    warnings = List.copyOf(warnings);
  }

  /** The same with one more warning. */
  public GeneratedImage withWarning(String warning) {
    List<String> more = Stream.concat(warnings.stream(), Stream.of(warning)).toList();
    return new GeneratedImage(image, finite, adherence, guidance, attentionMaps, more);
  }
}
