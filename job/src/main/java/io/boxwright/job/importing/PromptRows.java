package io.boxwright.job.importing;

import io.boxwright.diffusion.clip.PromptWords;
import io.boxwright.diffusion.layout.RelativeBoxes;
import io.boxwright.diffusion.pipelines.RequestLimits;
import io.boxwright.text.Printable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes layouts rows of a prompt table: ids that differ, boxes in 0..1 inside of the image, phrases
 * in the spelling of their prompt.
 */
final class PromptRows {

  /** The distance by which rounding may move an edge out of the image, without a warning. */
  private static final double ROUNDING = 1e-4;

  private final MissingPhrases missingPhrases;
  private final Set<String> ids = new HashSet<>();
  private final Map<String, Integer> repetitions = new HashMap<>();
  private int rows;

  /**
   * Starts a table.
   *
   * @param missingPhrases what happens to phrases that their prompts do not have
   */
  PromptRows(MissingPhrases missingPhrases) {
    this.missingPhrases = missingPhrases;
  }

  /** Makes the next row of the table. */
  ImportedRow make(Layout layout) {
    Row row = new Row(layout);
    String id = chooseId(layout.id());
    rows++;
    row.addObjects();
    Optional<String> problem = row.findProblem();
    problem.map("generation refuses this row: %s"::formatted).ifPresent(row.warnings::add);
    return new ImportedRow(
        id,
        row.prompt,
        row.bboxes,
        row.phrases,
        row.sources,
        row.clippedBoxes,
        row.warnings,
        problem,
        layout);
  }

  /** Chooses the wanted id; a repeated one gets a number, and a missing one is the row's number. */
  private String chooseId(String given) {
    String wanted = given == null || given.isBlank() ? "%06d".formatted(rows) : given;
    String id = wanted;
    while (!ids.add(id)) {
      id = "%s-%d".formatted(wanted, repetitions.merge(wanted, 1, Integer::sum) + 1);
    }
    return id;
  }

  /** The spelling of a phrase in the table. */
  private record Found(String spelling, PhraseSource source) {}

  /** A row that is being made. */
  private final class Row {

    private final Layout layout;
    private final PromptWords words;
    private final Map<String, Found> found = new LinkedHashMap<>(); // by phrase of the file
    private final List<List<Double>> bboxes = new ArrayList<>();
    private final List<String> phrases = new ArrayList<>();
    private final List<PhraseSource> sources = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private String prompt;
    private int clippedBoxes;

    Row(Layout layout) {
      this.layout = layout;
      this.prompt = layout.prompt();
      this.words = new PromptWords(prompt);
    }

    void addObjects() {
      for (PhraseBoxes object : layout.objects()) {
        Found phrase = found.computeIfAbsent(object.phrase(), this::find);
        for (SourceBox box : object.boxes()) {
          bboxes.add(clip(box.edges()));
          phrases.add(phrase.spelling());
          sources.add(phrase.source());
        }
      }
    }

    private Found find(String phrase) {
      String own = phrase.strip().replaceAll("\\s+", " ");
      Optional<String> spelling = words.find(own);
      if (spelling.isPresent()) {
        boolean verbatim = spelling.get().equals(own);
        if (!verbatim) {
          warnFound(own, spelling.get(), "");
        }
        return new Found(spelling.get(), verbatim ? PhraseSource.VERBATIM : PhraseSource.SPELLING);
      }
      Optional<String> noun =
          HeadNoun.list(own).stream().map(words::find).flatMap(Optional::stream).findFirst();
      if (noun.isPresent()) {
        warnFound(own, noun.get(), " by its head noun");
        return new Found(noun.get(), PhraseSource.HEAD_NOUN);
      }
      if (missingPhrases == MissingPhrases.APPEND && !own.isEmpty()) {
        String appended = own.replace('_', ' ').strip();
        prompt = "%s | %s".formatted(prompt, appended);
        warnings.add("phrase '%s' was appended to the prompt".formatted(appended));
        return new Found(appended, PhraseSource.APPENDED);
      }
      return new Found(own, PhraseSource.MISSING);
    }

    private void warnFound(String phrase, String spelling, String how) {
      warnings.add("phrase '%s' was found as '%s'%s".formatted(phrase, spelling, how));
    }

    /** Clips a box that leaves the image. A box that would have no area then stays as it is. */
    private List<Double> clip(List<Double> edges) {
      if (edges.size() != 4) {
        return edges;
      }
      List<Double> clipped =
          edges.stream().map(edge -> edge.isNaN() ? edge : Math.min(Math.max(edge, 0), 1)).toList();
      boolean whole = clipped.get(0) < clipped.get(2) && clipped.get(1) < clipped.get(3);
      if (!whole) {
        return edges;
      }
      double farthest = 0;
      for (int i = 0; i < 4; i++) {
        farthest = Math.max(farthest, Math.abs(edges.get(i) - clipped.get(i)));
      }
      if (farthest > ROUNDING) {
        warnings.add("bboxes[%d] left the image and was clipped".formatted(bboxes.size()));
        clippedBoxes++;
      }
      return clipped;
    }

    /** Finds out why generation refuses the row, as far as that shows without a model. */
    Optional<String> findProblem() {
      try {
        RequestLimits.requireLength("prompt", prompt, RequestLimits.PROMPT_CHARACTERS);
        RequestLimits.requireCount("bboxes", bboxes.size(), "boxes", RequestLimits.BOXES);
        RelativeBoxes.read("bboxes", List.<List<Number>>copyOf(widen(bboxes)));
      } catch (IllegalArgumentException e) {
        return Optional.of(e.getMessage());
      }
      if (prompt.isBlank()) {
        return Optional.of("Invalid prompt: it is empty");
      }
      int missing = sources.indexOf(PhraseSource.MISSING);
      return missing < 0
          ? Optional.empty()
          : Optional.of(
              "phrase '%s' does not occur in the prompt"
                  .formatted(Printable.value(phrases.get(missing))));
    }
  }

  private static List<List<Number>> widen(List<List<Double>> boxes) {
    return boxes.stream().map(List::<Number>copyOf).toList();
  }
}
