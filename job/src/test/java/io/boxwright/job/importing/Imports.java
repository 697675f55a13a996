package io.boxwright.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** Imports of small files, and the rows of their tables as JSON. */
final class Imports {

  private final Path folder;
  private int tables;
  private ImportSummary summary;

  /** Writes files and tables into a folder. */
  Imports(Path folder) {
    this.folder = folder;
  }

  /** Writes a file of lines, and returns its path. */
  String file(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n").toString();
  }

  /** Imports files and returns the rows of the table. */
  List<JsonNode> run(String format, String... files) throws IOException {
    return run(ImportSettings.of(format, List.of(files)));
  }

  List<JsonNode> run(ImportSettings settings) throws IOException {
    String table = folder.resolve("table-%d.parquet".formatted(tables++)).toString();
    summary = new ImportLayouts(new Configuration(), settings).execute(table);
    List<JsonNode> rows = new ArrayList<>();
    for (FileValue row : ParquetRows.read(SourceFile.find(new Configuration(), table))) {
      rows.add(row.node());
    }
    return rows;
  }

  /** Returns the summary of the last import. */
  ImportSummary summary() {
    return summary;
  }

  /** Returns the texts of a list. */
  static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /**
   * Describes what a row expects, such as {@code cat 2..2 red left of 1}; nothing for what is null.
   */
  static List<String> expected(JsonNode row) {
    List<String> things = new ArrayList<>();
    for (JsonNode thing : row.get("expected")) {
      StringBuilder text = new StringBuilder(thing.get("label").asText());
      if (!thing.get("min_count").isNull() || !thing.get("max_count").isNull()) {
        text.append(" ").append(number(thing, "min_count"));
        text.append("..").append(number(thing, "max_count"));
      }
      for (String field : List.of("color", "relation", "relative_to")) {
        text.append(thing.get(field).isNull() ? "" : " " + thing.get(field).asText());
      }
      things.add(text.toString());
    }
    return things;
  }

  private static String number(JsonNode thing, String field) {
    return thing.get(field).isNull() ? "" : thing.get(field).asText();
  }
}
