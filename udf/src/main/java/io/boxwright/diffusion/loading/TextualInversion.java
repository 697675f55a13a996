package io.boxwright.diffusion.loading;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file with learned embeddings of a token, which prompts use like a word ("An Image is Worth One
 * Word", Gal et al., 2022).
 *
 * @param file the safetensors file
 * @param token the name of the token; empty for the name in the file
 */
public record TextualInversion(Path file, Optional<String> token) {

  private static final Pattern WITH_TOKEN =
      Pattern.compile("(.+\\.(?:safetensors|bin|ckpt|pt|pth)):(.*)");

  /**
   * The name of a file and the token that a person chose.
   *
   * @param name the name of the file, as it was written
   * @param token the name of the token; empty for the name in the file
   */
  public record Spelling(String name, Optional<String> token) {

    /**
     * Reads a text.
     *
     * @param text {@code FILE.safetensors} or {@code FILE.safetensors:TOKEN}
     * @throws IllegalArgumentException if a part is empty
     */
    public static Spelling parse(String text) {
      Matcher matcher = WITH_TOKEN.matcher(text);
      boolean named = matcher.matches();
      String name = named ? matcher.group(1) : text;
      Optional<String> token = named ? Optional.of(matcher.group(2)) : Optional.empty();
      if (name.isBlank() || token.map(String::isBlank).orElse(false)) {
        throw new IllegalArgumentException(
            "Invalid textual inversion: the name of its %s is empty"
                .formatted(name.isBlank() ? "file" : "token"));
      }
      return new Spelling(name, token);
    }
  }

  /**
   * Makes a textual inversion of a file on this host.
   *
   * @param text {@code FILE.safetensors} or {@code FILE.safetensors:TOKEN}
   * @throws IllegalArgumentException if a part is empty
   */
  public static TextualInversion parse(String text) {
    Spelling spelling = Spelling.parse(text);
    return new TextualInversion(Path.of(spelling.name()), spelling.token());
  }

  /** Checks that the parts are given. */
  public TextualInversion {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(token, "token");
  }
}
