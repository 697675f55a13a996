package io.boxwright.job.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The parts of a page that are files on the class path. */
final class PageParts {

  private PageParts() {}

  /**
   * Reads a file.
   *
   * @param name its name, seen from this package; from the root of the class path if it begins with
   *     a slash
   * @throws IllegalStateException if the class path lacks it
   */
  static String read(String name) {
    try (InputStream in = PageParts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The class path has no " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name, e);
    }
  }
}
