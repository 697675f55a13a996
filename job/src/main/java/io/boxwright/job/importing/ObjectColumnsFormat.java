package io.boxwright.job.importing;

import io.boxwright.diffusion.layout.BoxForm;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.text.Count;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The CSV of 7Bench, C-Bench and O-Bench: {@code id,category,prompt,obj1,bbox1,obj2,bbox2,...}. A
 * box is {@code "x0,y0,x1,y1"} in pixels of an image of 512x512. O-Bench also has {@code
 * original_id}.
 */
final class ObjectColumnsFormat implements LayoutFormat {

  private static final List<String> COLUMNS = List.of("id", "category", "prompt", "obj1", "bbox1");

  private static final Pattern NUMBERED = Pattern.compile("(?:obj|bbox)([1-9]\\d{0,5})");

  private final String name;

  /**
   * Prepares to read files.
   *
   * @param name the name of the benchmark, for messages
   */
  ObjectColumnsFormat(String name) {
    this.name = name;
  }

  @Override
  public List<Layout> read(List<SourceFile> files) throws IOException {
    List<Layout> layouts = new ArrayList<>();
    for (SourceFile file : files) {
      requireColumns(file);
      for (FileValue row : FileReaders.readCsv(file, ',')) {
        layouts.add(read(row));
      }
    }
    return layouts;
  }

  /** Refuses other files by their first line, before a reader of CSV stumbles over the rest. */
  private void requireColumns(SourceFile file) throws IOException {
    String header = FileReaders.readStart(file).strip().lines().findFirst().orElse("");
    List<String> there =
        Arrays.stream(header.split(",")).map(ObjectColumnsFormat::unquote).toList();
    List<String> missing = COLUMNS.stream().filter(column -> !there.contains(column)).toList();
    if (!header.isEmpty() && !missing.isEmpty()) {
      throw new InvalidInputException(
          "%s is not a %s CSV: its first line has no %s %s%s"
              .formatted(
                  file.name(),
                  name,
                  Count.form(missing.size(), "column", "columns"),
                  String.join(", ", missing),
                  header.matches("[{\\[].*") ? "; it looks like JSON" : ""));
    }
  }

  private static String unquote(String column) {
    return column.strip().replaceAll("^\"(.*)\"$", "$1");
  }

  private static Layout read(FileValue row) {
    String id = row.field("id").text();
    String originalId = row.find("original_id").map(FileValue::text).orElse(id);
    return Layout.of(row.place(), id, row.field("category").text(), row.field("prompt").text())
        .withOriginalId(originalId)
        .withObjects(readObjects(row));
  }

  private static List<PhraseBoxes> readObjects(FileValue row) {
    List<PhraseBoxes> objects = new ArrayList<>();
    row.field("obj1");
    for (int number : listNumbers(row)) {
      String phrase = row.find("obj" + number).map(FileValue::text).orElse("").strip();
      Optional<FileValue> box = row.find("bbox" + number);
      if (!phrase.isEmpty()) {
        objects.add(new PhraseBoxes(phrase, List.of(readBox(row.field("bbox" + number)))));
      } else if (box.isPresent() && !box.get().text().isBlank()) {
        throw box.get().failure("it has a box, but obj%d is empty".formatted(number));
      }
    }
    return objects;
  }

  /** Lists the numbers of objects and boxes, in order; some may be missing. */
  private static SortedSet<Integer> listNumbers(FileValue row) {
    SortedSet<Integer> numbers = new TreeSet<>();
    for (String column : row.fields().keySet()) {
      Matcher matcher = NUMBERED.matcher(column);
      if (matcher.matches()) {
        numbers.add(Integer.valueOf(matcher.group(1)));
      }
    }
    return numbers;
  }

  private static SourceBox readBox(FileValue box) {
    List<Optional<Double>> numbers =
        Arrays.stream(box.text().split(",")).map(ObjectColumnsFormat::parse).toList();
    if (numbers.contains(Optional.<Double>empty())) {
      throw box.failure("it is '%s', but must be x0,y0,x1,y1".formatted(box.text()));
    }
    return new SourceBox(
        numbers.stream().map(Optional::orElseThrow).toList(), BoxForm.XYXY, Canvas.OF_512);
  }

  private static Optional<Double> parse(String number) {
    try {
      return Optional.of(Double.valueOf(number.strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
