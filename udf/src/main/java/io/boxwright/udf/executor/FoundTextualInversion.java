package io.boxwright.udf.executor;

import io.boxwright.diffusion.loading.ModelFingerprint;
import io.boxwright.diffusion.loading.TextualInversion;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A textual inversion as the driver found it: a value that can be sent to executors.
 *
 * @param file the file, found as {@link SharedFile} says
 * @param token the name of the token; null for the name in the file
 * @param fingerprint the content that executors must load
 */
public record FoundTextualInversion(SharedFile file, String token, ModelFingerprint fingerprint)
    implements Serializable {

  /**
   * Reads the text that a person wrote, and the file on this host.
   *
   * @param text {@code FILE.safetensors} or {@code FILE.safetensors:TOKEN}
   * @param cache the folder for copies on each host
   * @throws IllegalArgumentException if a part of the text is empty
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the file that cannot be
   *     read
   */
  public static FoundTextualInversion of(
      String text, Path cache, SerializableConfiguration hadoop) {
    TextualInversion.Spelling spelling = TextualInversion.Spelling.parse(text);
    SharedFile file = SharedFile.of("textual inversion", spelling.name(), cache, hadoop);
    return new FoundTextualInversion(
        file, spelling.token().orElse(null), file.hash().fingerprint());
  }

  /** Describes the textual inversion for plans and records: name, token and content. */
  public String describe() {
    return "%s%s sha256 %s"
        .formatted(file.name(), token == null ? "" : ":" + token, fingerprint.hex());
  }

  /**
   * Finds the file on this host and checks that it is the driver's.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming this host and the file, if
   *     its content is another one
   */
  public TextualInversion localize() {
    SameModelCheck.require(file.name(), file.hash(), fingerprint);
    return new TextualInversion(file.localize(), Optional.ofNullable(token));
  }
}
