package io.boxwright.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.boxwright.diffusion.layout.BoxForm;
import io.boxwright.job.figures.Expectation;
import io.boxwright.job.figures.Relation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The layouts that a language model wrote for LLM-grounded Diffusion: JSON with a list of texts for
 * each prompt. A text is
 *
 * <pre>
 * [('a cat', [x, y, width, height]), ...]
 * Background prompt: A realistic scene
 * Negative prompt: dogs
 * </pre>
 *
 * in pixels of 512x512. Each text is a row. The prompt says what it expects.
 */
final class LmdFormat implements LayoutFormat {

  private static final Pattern OBJECT =
      Pattern.compile(
          "\\(\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|\"((?:[^\"\\\\]|\\\\.)*)\")\\s*,\\s*"
              + "\\[([^\\[\\]]*)\\]\\s*\\)");

  private static final String BACKGROUND = "Background prompt:";
  private static final String NEGATIVE = "Negative prompt:";

  private static final Pattern NEGATION = Pattern.compile(".* without (\\S+)");
  private static final Pattern SPATIAL =
      Pattern.compile(
          ".* with (.+?) on the (left|right|top|bottom) and (.+?) on the (left|right|top|bottom)");
  private static final Pattern OBJECTS = Pattern.compile(".* with (.+)");

  private static final Map<String, Relation> RELATIONS =
      Map.of(
          "left", Relation.LEFT_OF,
          "right", Relation.RIGHT_OF,
          "top", Relation.ABOVE,
          "bottom", Relation.BELOW);

  @Override
  public List<Layout> read(List<SourceFile> files) throws IOException {
    List<Layout> layouts = new ArrayList<>();
    for (SourceFile file : files) {
      int prompts = 0;
      for (Map.Entry<String, FileValue> entry : FileReaders.readJsonObject(file).entrySet()) {
        List<FileValue> texts = entry.getValue().items();
        for (int i = 0; i < texts.size(); i++) {
          String id = "%03d-%02d".formatted(prompts, i);
          layouts.add(read(id, entry.getKey(), texts.get(i)));
        }
        prompts++;
      }
    }
    return layouts;
  }

  private static Layout read(String id, String prompt, FileValue text) {
    String boxes = null;
    String negative = "";
    Map<String, JsonNode> columns = new LinkedHashMap<>();
    for (String line : text.text().strip().split("\\R")) {
      if (line.startsWith(BACKGROUND)) {
        columns.put(
            "background_prompt", TextNode.valueOf(line.substring(BACKGROUND.length()).strip()));
      } else if (line.startsWith(NEGATIVE)) {
        negative = line.substring(NEGATIVE.length()).strip();
      } else if (boxes == null && line.startsWith("[")) {
        boxes = line.strip();
      } else {
        throw text.failure(
            "line '%s' is neither a list of boxes nor a background or negative prompt"
                .formatted(line));
      }
    }
    if (boxes == null) {
      throw text.failure("it has no list of boxes");
    }
    Layout layout =
        Layout.of(text.place(), id, null, prompt)
            .withNegativePrompt(negative)
            .withObjects(readObjects(boxes, text))
            .withColumns(columns);
    return expect(layout);
  }

  private static List<PhraseBoxes> readObjects(String boxes, FileValue text) {
    List<PhraseBoxes> objects = new ArrayList<>();
    Matcher object = OBJECT.matcher(boxes);
    while (object.find()) {
      String quoted = object.group(1) == null ? object.group(2) : object.group(1);
      String phrase = quoted.replaceAll("\\\\(.)", "$1");
      List<Double> numbers = parseNumbers(object.group(3), text);
      objects.add(
          new PhraseBoxes(phrase, List.of(new SourceBox(numbers, BoxForm.XYWH, Canvas.OF_512))));
    }
    if (!object.replaceAll("").matches("\\[[\\s,]*\\]")) {
      throw text.failure("'%s' is not a list of ('phrase', [x, y, w, h])".formatted(boxes));
    }
    return objects;
  }

  private static List<Double> parseNumbers(String numbers, FileValue text) {
    try {
      return Arrays.stream(numbers.split(",")).map(String::strip).map(Double::valueOf).toList();
    } catch (NumberFormatException e) {
      throw text.failure("box [%s] has something that is not a number".formatted(numbers));
    }
  }

  /** Adds the category and the expectations that follow from the prompt. */
  private static Layout expect(Layout layout) {
    String prompt = layout.prompt();
    Matcher negation = NEGATION.matcher(prompt);
    if (negation.matches()) {
      return layout
          .withCategory("negation")
          .withExpected(List.of(Expectation.exactly(0, singular(negation.group(1)))));
    }
    Matcher spatial = SPATIAL.matcher(prompt);
    if (spatial.matches()) {
      Relation relation = RELATIONS.get(spatial.group(2));
      return layout
          .withCategory("spatial")
          .withExpected(
              List.of(
                  Expectation.of(Labels.withoutArticle(spatial.group(1))).withRelation(relation, 1),
                  Expectation.of(Labels.withoutArticle(spatial.group(3)))));
    }
    Matcher objects = OBJECTS.matcher(prompt);
    return objects.matches() ? expectObjects(layout, objects.group(1)) : layout;
  }

  private static Layout expectObjects(Layout layout, String objects) {
    String[] words = objects.split("\\s+", 2);
    OptionalInt number = NumberWords.find(words[0]);
    if (number.isPresent() && words.length == 2) {
      int count = number.getAsInt();
      String label = count == 1 ? words[1] : singular(words[1]);
      return layout
          .withCategory("numeracy")
          .withExpected(List.of(Expectation.exactly(count, label)));
    }
    return layout
        .withCategory("attribution")
        .withExpected(
            Arrays.stream(objects.split(" and "))
                .map(phrase -> Expectation.of(Labels.withoutArticle(phrase)))
                .toList());
  }

  /** The benchmark has only nouns whose plural is an s more. */
  private static String singular(String plural) {
    return plural.endsWith("s") ? plural.substring(0, plural.length() - 1) : plural;
  }
}
