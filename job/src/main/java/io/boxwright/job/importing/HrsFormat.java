package io.boxwright.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.clip.PromptWords;
import io.boxwright.diffusion.layout.BoxForm;
import io.boxwright.job.figures.Expectation;
import io.boxwright.job.figures.Relation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The prompts of HRS-Bench with boxes that a language model chose: the JSON of ToLo, {@code {sets,
 * prompts, boxes}} with edges in 0..1, or the pickles of Attention Refocusing, {@code {prompt:
 * [[names], [(x0,y0,x1,y1)]]}} in pixels of 512x512. Pickles are read as plain data. The name of
 * the file says the category: spatial, size, color or counting.
 */
final class HrsFormat implements LayoutFormat {

  private static final List<String> CATEGORIES = List.of("spatial", "size", "color", "counting");

  private static final String RELATION_WORDS =
      "(?:on|to) the left of|(?:on|to) the right of|on top of|above|over|below|beneath"
          + "|under(?:neath)?|on";

  private static final String SIZE_WORDS = "bigger|larger|smaller";

  /** {@code a cat above a dog}, and {@code a cat above a dog and on the left of a car}. */
  private static final Pattern RELATIONS =
      Pattern.compile(
          "an? (.+?) (%s) an? (.+?)(?: and (%s) (?:an? )?(.+?))?\\.?"
              .formatted(RELATION_WORDS, RELATION_WORDS),
          Pattern.CASE_INSENSITIVE);

  /** {@code a car and a cat, the car is bigger than the cat}. */
  private static final Pattern SIZES_OF_TWO =
      Pattern.compile(
          "an? (.+?) and an? .+?, the \\1 is (%s) than the (.+?)\\.?".formatted(SIZE_WORDS),
          Pattern.CASE_INSENSITIVE);

  /** {@code a car which is bigger than a cat and dog and smaller than horse}. */
  private static final Pattern SIZES_OF_MORE =
      Pattern.compile(
          "an? (.+?) which is (%s) than an? (.+?)(?: and (?!%s)(.+?))? and (%s) than (.+?)\\.?"
              .formatted(SIZE_WORDS, SIZE_WORDS, SIZE_WORDS),
          Pattern.CASE_INSENSITIVE);

  @Override
  public List<Layout> read(List<SourceFile> files) throws IOException {
    List<Layout> layouts = new ArrayList<>();
    for (SourceFile file : files) {
      layouts.addAll(file.name().endsWith(".json") ? readJson(file) : readPickle(file));
    }
    return layouts;
  }

  private static List<Layout> readJson(SourceFile file) throws IOException {
    Map<String, List<FileValue>> lists = FileReaders.readJsonLists(file, "");
    List<FileValue> prompts = require(file, lists, "prompts");
    List<FileValue> sets = require(file, lists, "sets");
    List<FileValue> boxes = require(file, lists, "boxes");
    List<Layout> layouts = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      FileValue prompt = prompts.get(i);
      if (i >= sets.size() || i >= boxes.size()) {
        throw prompt.failure(
            "there are %d prompts, but %d sets and %d boxes"
                .formatted(prompts.size(), sets.size(), boxes.size()));
      }
      List<FileValue> names = sets.get(i).items();
      List<FileValue> places = boxes.get(i).items(names.size());
      List<PhraseBoxes> objects = new ArrayList<>();
      for (int j = 0; j < names.size(); j++) {
        String name =
            names.get(j).items().stream().map(FileValue::text).collect(Collectors.joining(" "));
        objects.add(readObject(name, places.get(j).items(), Canvas.RELATIVE));
      }
      layouts.add(make(file, i, prompt.place(), prompt.text(), objects));
    }
    return layouts;
  }

  private static List<FileValue> require(
      SourceFile file, Map<String, List<FileValue>> lists, String name) {
    return Optional.ofNullable(lists.get(name))
        .orElseThrow(
            () ->
                new FileValue(file.name(), null).failure("the list %s is missing".formatted(name)));
  }

  private static List<Layout> readPickle(SourceFile file) throws IOException {
    JsonNode dict = PickleReader.read(file);
    List<Layout> layouts = new ArrayList<>();
    for (Map.Entry<String, FileValue> entry :
        new FileValue(file.name(), dict).fields().entrySet()) {
      List<FileValue> pair = entry.getValue().items(2);
      List<FileValue> names = pair.get(0).items();
      List<FileValue> boxes = pair.get(1).items(names.size());
      List<PhraseBoxes> objects =
          IntStream.range(0, names.size())
              .mapToObj(i -> readObject(names.get(i).text(), List.of(boxes.get(i)), Canvas.OF_512))
              .toList();
      int index = layouts.size();
      String place = "%s, entry %d".formatted(file.name(), index);
      layouts.add(make(file, index, place, entry.getKey(), objects));
    }
    return layouts;
  }

  private static PhraseBoxes readObject(String name, List<FileValue> boxes, Canvas canvas) {
    String phrase = name.replaceFirst("[,.]+$", ""); // such as "horse,"
    return new PhraseBoxes(
        phrase,
        boxes.stream().map(box -> new SourceBox(box.numbers(), BoxForm.XYXY, canvas)).toList());
  }

  private static Layout make(
      SourceFile file, int index, String place, String prompt, List<PhraseBoxes> objects) {
    String category = CATEGORIES.stream().filter(file.name()::contains).findFirst().orElse(null);
    return Layout.of(place, "%s-%04d".formatted(file.stem(), index), category, prompt)
        .withObjects(objects)
        .withExpected(expect(category, prompt, objects));
  }

  private static List<Expectation> expect(
      String category, String prompt, List<PhraseBoxes> objects) {
    List<String> names =
        objects.stream().map(object -> toLabel(object.phrase())).distinct().toList();
    if ("spatial".equals(category)) {
      return expectPlaces(prompt, names);
    }
    if ("size".equals(category)) {
      return expectSizes(prompt, names);
    }
    return names.stream()
        .map(
            name ->
                "color".equals(category)
                    ? Labels.expectColored(name)
                    : expectCount("counting".equals(category) ? prompt : "", name))
        .toList();
  }

  /** Returns the noun of a name such as {@code person_sitting} or {@code cat1}. */
  private static String toLabel(String name) {
    return HeadNoun.list(name).stream().findFirst().orElse(name);
  }

  /** A relation that a prompt gives its first object. */
  private record Comparison(Relation relation, String other) {}

  /** Expects the places of one object relative to one or two others. */
  private static List<Expectation> expectPlaces(String prompt, List<String> names) {
    Matcher words = RELATIONS.matcher(prompt);
    if (!words.matches()) {
      return expectRelations("", List.of(), names);
    }
    List<Comparison> comparisons = new ArrayList<>();
    comparisons.add(new Comparison(toRelation(words.group(2)), words.group(3)));
    if (words.group(5) != null) {
      comparisons.add(new Comparison(toRelation(words.group(4)), words.group(5)));
    }
    return expectRelations(words.group(1), comparisons, names);
  }

  /** Expects the size of one object relative to one, two or three others. */
  private static List<Expectation> expectSizes(String prompt, List<String> names) {
    Matcher two = SIZES_OF_TWO.matcher(prompt);
    if (two.matches()) {
      Comparison only = new Comparison(toSizeRelation(two.group(2)), two.group(3));
      return expectRelations(two.group(1), List.of(only), names);
    }
    Matcher more = SIZES_OF_MORE.matcher(prompt);
    if (!more.matches()) {
      return expectRelations("", List.of(), names);
    }
    Relation relation = toSizeRelation(more.group(2));
    List<Comparison> comparisons = new ArrayList<>();
    comparisons.add(new Comparison(relation, more.group(3)));
    if (more.group(4) != null) {
      comparisons.add(new Comparison(relation, more.group(4)));
    }
    comparisons.add(new Comparison(toSizeRelation(more.group(5)), more.group(6)));
    return expectRelations(more.group(1), comparisons, names);
  }

  /**
   * Expects all objects. The first comparison becomes the relation of the first object; the others
   * become, turned round, those of the other objects. There are no relations if a name is unknown.
   */
  private static List<Expectation> expectRelations(
      String first, List<Comparison> comparisons, List<String> names) {
    List<Expectation> things = new ArrayList<>(names.stream().map(Expectation::of).toList());
    int subject = findName(names, first);
    List<Integer> others =
        comparisons.stream().map(comparison -> findName(names, comparison.other())).toList();
    if (subject < 0 || others.contains(-1)) {
      return things;
    }
    for (int i = 0; i < others.size(); i++) {
      Relation relation = comparisons.get(i).relation();
      int other = others.get(i);
      if (i == 0) {
        things.set(subject, things.get(subject).withRelation(relation, other));
      } else {
        things.set(other, things.get(other).withRelation(relation.inverse(), subject));
      }
    }
    return things;
  }

  private static int findName(List<String> names, String wanted) {
    return names.indexOf(wanted.toLowerCase(Locale.ROOT));
  }

  private static Relation toRelation(String text) {
    String words = text.toLowerCase(Locale.ROOT);
    if (words.endsWith("left of")) {
      return Relation.LEFT_OF;
    }
    if (words.endsWith("right of")) {
      return Relation.RIGHT_OF;
    }
    return words.matches("on|on top of|above|over") ? Relation.ABOVE : Relation.BELOW;
  }

  private static Relation toSizeRelation(String word) {
    return word.equalsIgnoreCase("smaller") ? Relation.SMALLER_THAN : Relation.LARGER_THAN;
  }

  /**
   * Expects an exact number if the prompt has a number before the name, as in {@code two cats} or
   * {@code two black cats}.
   */
  private static Expectation expectCount(String prompt, String name) {
    Optional<String> spelling = new PromptWords(prompt).find(name);
    if (spelling.isPresent()) {
      Matcher counted =
          Pattern.compile(
                  "\\b(?:(\\w+) )?(\\w+) %s\\b".formatted(Pattern.quote(spelling.get())),
                  Pattern.CASE_INSENSITIVE)
              .matcher(prompt);
      while (counted.find()) {
        OptionalInt number =
            Stream.of(counted.group(2), counted.group(1))
                .filter(Objects::nonNull)
                .map(NumberWords::find)
                .flatMapToInt(OptionalInt::stream)
                .findFirst();
        if (number.isPresent()) {
          return Expectation.exactly(number.getAsInt(), name);
        }
      }
    }
    return Expectation.of(name);
  }
}
