package io.boxwright.job.importing;

import java.util.List;
import java.util.Optional;

/**
 * A row of the prompt table.
 *
 * @param id an id that no other row of the table has
 * @param prompt the prompt, with phrases that were appended
 * @param bboxes the left, top, right and bottom edge of each box, 0..1; broken boxes stay as they
 *     are
 * @param phrases a phrase for each box, in the spelling of the prompt
 * @param sources how each phrase was found
 * @param clippedBoxes how many boxes left the image
 * @param warnings what was changed, and the problem; a sentence each
 * @param problem why generation refuses the row; nothing if it does not
 * @param layout the layout that the row was made from
 */
record ImportedRow(
    String id,
    String prompt,
    List<List<Double>> bboxes,
    List<String> phrases,
    List<PhraseSource> sources,
    int clippedBoxes,
    List<String> warnings,
    Optional<String> problem,
    Layout layout) {

  /** Copies the lists. */
  ImportedRow {
    bboxes = List.copyOf(bboxes);
    phrases = List.copyOf(phrases);
    sources = List.copyOf(sources);
    warnings = List.copyOf(warnings);
  }
}
