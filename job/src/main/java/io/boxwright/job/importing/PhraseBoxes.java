package io.boxwright.job.importing;

import java.util.List;

/**
 * An object of a layout.
 *
 * @param phrase the words of the file, which the prompt may have in another spelling
 * @param boxes the places of the object
 */
record PhraseBoxes(String phrase, List<SourceBox> boxes) {

  /** Copies the boxes. */
  PhraseBoxes {
    boxes = List.copyOf(boxes);
  }
}
