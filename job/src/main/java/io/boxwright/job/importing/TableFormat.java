package io.boxwright.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.text.Printable;
import io.boxwright.udf.table.PromptTables;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Any table of prompts, boxes and phrases: CSV, TSV, JSON lines or Parquet, by the ending of the
 * file's name. In CSV and TSV, boxes are JSON such as {@code [[0.1,0.1,0.5,0.5]]}, and phrases are
 * JSON such as {@code ["a cat"]}. Other columns pass through.
 */
final class TableFormat implements LayoutFormat {

  /** A box that leaves its image by more than the image's size is no mistake, but in pixels. */
  private static final double LARGEST_RELATIVE = 2;

  private final TableForm form;

  /**
   * Prepares to read tables.
   *
   * @param form their columns and boxes
   */
  TableFormat(TableForm form) {
    this.form = form;
  }

  @Override
  public List<Layout> read(List<SourceFile> files) throws IOException {
    List<Layout> layouts = new ArrayList<>();
    for (SourceFile file : files) {
      boolean header = file.name().toLowerCase(Locale.ROOT).matches(".*\\.[ct]sv");
      for (FileValue row : readRows(file)) {
        requireLayoutColumns(row, header ? file.name() + ", line 1" : row.place());
        layouts.add(read(row));
      }
    }
    return layouts;
  }

  private static List<FileValue> readRows(SourceFile file) throws IOException {
    String name = file.name().toLowerCase(Locale.ROOT);
    String ending = name.substring(name.lastIndexOf('.') + 1);
    return switch (ending) {
      case "csv" -> FileReaders.readCsv(file, ',');
      case "tsv" -> FileReaders.readCsv(file, '\t');
      case "jsonl", "ndjson" -> FileReaders.readJsonLines(file);
      case "parquet" -> ParquetRows.read(file);
      default ->
          throw new InvalidInputException(
              "Cannot read %s: the name of a table must end with .csv, .tsv, .jsonl or .parquet"
                  .formatted(file.name()));
    };
  }

  private Layout read(FileValue row) {
    String id = row.find(form.idColumn()).map(FileValue::text).orElse(null);
    String prompt = row.field(form.promptColumn()).text();
    List<List<Double>> boxes = readBoxes(row);
    List<String> phrases = readPhrases(row);
    if (phrases.size() != boxes.size()) {
      throw row.failure(
          "%d boxes in %s, but %d phrases in %s"
              .formatted(boxes.size(), form.boxesColumn(), phrases.size(), form.phrasesColumn()));
    }
    List<PhraseBoxes> objects =
        IntStream.range(0, boxes.size())
            .mapToObj(
                i ->
                    new PhraseBoxes(
                        phrases.get(i),
                        List.of(new SourceBox(boxes.get(i), form.boxes(), form.canvas()))))
            .toList();
    String category = row.find("category").map(FileValue::text).orElse(null);
    String negative = row.find("negative_prompt").map(FileValue::text).orElse(null);
    return Layout.of(row.place(), id, category, prompt)
        .withNegativePrompt(negative)
        .withObjects(objects)
        .withColumns(readOtherColumns(row));
  }

  /** Refuses columns that look like boxes or phrases of another name; the layout would be lost. */
  private void requireLayoutColumns(FileValue row, String place) {
    List<String> columns = new ArrayList<>(row.fields().keySet());
    columns.replaceAll(this::rename);
    try {
      PromptTables.checkSpelling(columns);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          "%s: %s, or name it with --boxes-column or --phrases-column"
              .formatted(place, e.getMessage()),
          e);
    }
  }

  private String rename(String column) {
    if (column.equals(form.boxesColumn())) {
      return "bboxes";
    }
    return column.equals(form.phrasesColumn()) ? "phrases" : column;
  }

  private List<List<Double>> readBoxes(FileValue row) {
    Optional<FileValue> column = row.find(form.boxesColumn());
    List<List<Double>> boxes =
        column.map(TableFormat::asList).orElse(List.of()).stream().map(FileValue::numbers).toList();
    if (form.canvas().equals(Canvas.RELATIVE)) {
      boxes.stream()
          .flatMap(List::stream)
          .filter(number -> number > LARGEST_RELATIVE)
          .findFirst()
          .ifPresent(number -> refusePixels(column.orElseThrow(), number));
    }
    return boxes;
  }

  private static void refusePixels(FileValue column, double number) {
    throw column.failure(
        "%s cannot be relative to the image; for pixels, give --units pixels and --canvas"
            .formatted(number));
  }

  private List<String> readPhrases(FileValue row) {
    return row.find(form.phrasesColumn()).map(TableFormat::asList).orElse(List.of()).stream()
        .map(FileValue::text)
        .toList();
  }

  /** Returns the items of a list, which may be JSON in a text; none of an empty text. */
  private static List<FileValue> asList(FileValue value) {
    if (!value.node().isTextual()) {
      return value.items();
    }
    if (value.text().isBlank()) {
      return List.of();
    }
    return FileReaders.readJsonText(value).items();
  }

  private Map<String, JsonNode> readOtherColumns(FileValue row) {
    List<String> read =
        Arrays.asList(
            form.idColumn(),
            form.promptColumn(),
            form.boxesColumn(),
            form.phrasesColumn(),
            "category",
            "negative_prompt");
    Map<String, JsonNode> columns = new LinkedHashMap<>();
    row.fields()
        .forEach(
            (name, value) -> {
              if (!read.contains(name)) {
                requireFree(name, value);
                FileValue finite = value.requireFinite();
                columns.put(name, name.equals("seed") ? readSeed(finite) : finite.node());
              }
            });
    return columns;
  }

  private static void requireFree(String name, FileValue value) {
    String small = name.toLowerCase(Locale.ROOT);
    boolean ours = PromptTableWriter.COLUMNS.contains(small);
    boolean read = PromptTables.isPromptColumn(small) && !name.equals("seed");
    if (ours || read) {
      throw value.failure("import makes a column of that name itself; rename it");
    }
  }

  /** Reads a seed, which pandas writes as a number with a fraction if another row has none. */
  private static JsonNode readSeed(FileValue value) {
    if (value.node().isNull()) {
      return value.node();
    }
    String text = value.text().strip();
    try {
      return LongNode.valueOf(new BigDecimal(text).longValueExact());
    } catch (ArithmeticException | NumberFormatException e) {
      throw value.failure(
          "it is '%s', but must be a whole number of 64 bits".formatted(Printable.value(text)));
    }
  }
}
