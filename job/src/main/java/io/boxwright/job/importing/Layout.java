package io.boxwright.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.job.figures.Expectation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One prompt of a benchmark, as its file has it.
 *
 * @param place the file and the line or key, for messages
 * @param id the id that the row should have, or null; repeated ids get a number
 * @param originalId the id of the benchmark, or null
 * @param category the benchmark's own category, or null
 * @param prompt the prompt
 * @param negativePrompt the negative prompt, or null
 * @param objects the objects, in the order of the file; none for prompts without boxes
 * @param expected what the image must show; null if the file says nothing of that
 * @param columns values of other columns, by their names
 */
record Layout(
    String place,
    String id,
    String originalId,
    String category,
    String prompt,
    String negativePrompt,
    List<PhraseBoxes> objects,
    List<Expectation> expected,
    Map<String, JsonNode> columns) {

  /** Copies the lists and the columns. */
  Layout {
    objects = List.copyOf(objects);
    expected = expected == null ? null : List.copyOf(expected);
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
  }

  /** Makes a prompt without objects, whose id is the one of the benchmark. */
  static Layout of(String place, String id, String category, String prompt) {
    return new Layout(place, id, id, category, prompt, null, List.of(), null, Map.of());
  }

  Layout withCategory(String newCategory) {
    return new Layout(
        place, id, originalId, newCategory, prompt, negativePrompt, objects, expected, columns);
  }

  Layout withOriginalId(String newId) {
    return new Layout(
        place, id, newId, category, prompt, negativePrompt, objects, expected, columns);
  }

  Layout withNegativePrompt(String text) {
    return new Layout(place, id, originalId, category, prompt, text, objects, expected, columns);
  }

  Layout withObjects(List<PhraseBoxes> newObjects) {
    return new Layout(
        place, id, originalId, category, prompt, negativePrompt, newObjects, expected, columns);
  }

  Layout withExpected(List<Expectation> things) {
    return new Layout(
        place, id, originalId, category, prompt, negativePrompt, objects, things, columns);
  }

  Layout withColumns(Map<String, JsonNode> values) {
    return new Layout(
        place, id, originalId, category, prompt, negativePrompt, objects, expected, values);
  }
}
