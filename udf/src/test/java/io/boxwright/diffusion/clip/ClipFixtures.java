package io.boxwright.diffusion.clip;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** What {@code clip_fixtures.py} wrote. */
final class ClipFixtures {

  private ClipFixtures() {}

  static Path folder(String name) {
    try {
      return Path.of(ClipFixtures.class.getResource("/fixtures/clip/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
