package io.boxwright.job.exporting;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.UncheckedIOException;

/** Texts in YAML files. */
final class Yaml {

  private Yaml() {}

  /** Returns a text in quotes; those of JSON are YAML, too. */
  static String quote(String text) {
    try {
      return SelectionFile.JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
