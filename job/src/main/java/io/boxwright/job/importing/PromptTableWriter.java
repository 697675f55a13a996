package io.boxwright.job.importing;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.job.figures.Expectation;
import io.boxwright.job.output.StableFooter;
import io.boxwright.job.output.WholeFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.apache.parquet.schema.Types.MessageTypeBuilder;

/**
 * Writes a prompt table as one Parquet file. Equal rows give equal bytes. The file is there as a
 * whole, or not at all.
 */
final class PromptTableWriter {

  /** The columns that every imported table has; {@code negative_prompt} only where it is needed. */
  static final List<String> COLUMNS =
      List.of(
          "id",
          "prompt",
          "negative_prompt",
          "bboxes",
          "phrases",
          "benchmark",
          "category",
          "original_id",
          "expected",
          "import_warnings");

  private static final String LIST = "list";
  private static final String ELEMENT = "element";

  private final String benchmark;

  /**
   * Prepares to write a table.
   *
   * @param benchmark the value of the column of this name
   */
  PromptTableWriter(String benchmark) {
    this.benchmark = benchmark;
  }

  /**
   * Writes a file, or replaces an existing one.
   *
   * @throws IOException if the file system fails; then an existing file is as before
   */
  void write(FileSystem fileSystem, Path file, List<ImportedRow> rows) throws IOException {
    Path staged = new Path(file.getParent(), "." + file.getName() + ".importing");
    new WholeFiles(fileSystem).replace(file, staged, toParquet(rows), () -> {});
  }

  /** Returns the bytes of the file. */
  byte[] toParquet(List<ImportedRow> rows) throws IOException {
    List<OwnColumn> own = collectOwnColumns(rows);
    MessageType schema = makeSchema(hasNegativePrompt(rows), own);
    MemoryFile file = new MemoryFile();
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(file).withType(schema).build()) {
      SimpleGroupFactory groups = new SimpleGroupFactory(schema);
      for (ImportedRow row : rows) {
        writer.write(fill(groups.newGroup(), row, own));
      }
    }
    return StableFooter.apply(file.toBytes());
  }

  private static boolean hasNegativePrompt(List<ImportedRow> rows) {
    return rows.stream().anyMatch(row -> row.layout().negativePrompt() != null);
  }

  private static List<OwnColumn> collectOwnColumns(List<ImportedRow> rows) {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row -> names.addAll(row.layout().columns().keySet()));
    return names.stream()
        .map(
            name -> {
              List<JsonNode> values = new ArrayList<>();
              rows.forEach(row -> values.add(row.layout().columns().get(name)));
              return OwnColumn.of(name, values);
            })
        .toList();
  }

  private static MessageType makeSchema(boolean negativePrompt, List<OwnColumn> own) {
    MessageTypeBuilder schema = Types.buildMessage();
    schema.addFields(text("id"), text("prompt"));
    if (negativePrompt) {
      schema.addField(text("negative_prompt"));
    }
    Type edges = list(ELEMENT, number(PrimitiveTypeName.DOUBLE, ELEMENT));
    schema.addFields(list("bboxes", edges), list("phrases", text(ELEMENT)));
    schema.addFields(text("benchmark"), text("category"), text("original_id"));
    Type thing =
        Types.optionalGroup()
            .addFields(
                text("label"),
                number(PrimitiveTypeName.INT32, "min_count"),
                number(PrimitiveTypeName.INT32, "max_count"),
                text("color"),
                text("relation"),
                number(PrimitiveTypeName.INT32, "relative_to"))
            .named(ELEMENT);
    schema.addFields(list("expected", thing), list("import_warnings", text(ELEMENT)));
    own.forEach(column -> schema.addField(column.type()));
    return schema.named("prompts");
  }

  private static Type text(String name) {
    return Types.optional(PrimitiveTypeName.BINARY)
        .as(LogicalTypeAnnotation.stringType())
        .named(name);
  }

  private static Type number(PrimitiveTypeName type, String name) {
    return Types.optional(type).named(name);
  }

  private static Type list(String name, Type element) {
    return Types.optionalGroup()
        .as(LogicalTypeAnnotation.listType())
        .addField(Types.repeatedGroup().addField(element).named(LIST))
        .named(name);
  }

  private Group fill(Group group, ImportedRow row, List<OwnColumn> own) {
    Layout layout = row.layout();
    addText(group, "id", row.id());
    addText(group, "prompt", row.prompt());
    addText(group, "negative_prompt", layout.negativePrompt());
    Group boxes = group.addGroup("bboxes");
    for (List<Double> box : row.bboxes()) {
      Group edges = boxes.addGroup(LIST).addGroup(ELEMENT);
      box.forEach(edge -> edges.addGroup(LIST).add(ELEMENT, edge));
    }
    addTexts(group.addGroup("phrases"), row.phrases());
    addText(group, "benchmark", benchmark);
    addText(group, "category", layout.category());
    addText(group, "original_id", layout.originalId());
    if (layout.expected() != null) {
      Group things = group.addGroup("expected");
      layout.expected().forEach(thing -> fill(things.addGroup(LIST).addGroup(ELEMENT), thing));
    }
    addTexts(group.addGroup("import_warnings"), row.warnings());
    own.forEach(column -> column.add(layout.columns().get(column.name()), group));
    return group;
  }

  private static void fill(Group group, Expectation thing) {
    addText(group, "label", thing.label());
    addNumber(group, "min_count", thing.minCount());
    addNumber(group, "max_count", thing.maxCount());
    addText(group, "color", thing.color());
    addText(group, "relation", thing.relation() == null ? null : thing.relation().text());
    addNumber(group, "relative_to", thing.relativeTo());
  }

  private static void addTexts(Group group, List<String> texts) {
    texts.forEach(text -> group.addGroup(LIST).add(ELEMENT, text));
  }

  private static void addText(Group group, String name, String text) {
    if (text != null) {
      group.add(name, text);
    }
  }

  private static void addNumber(Group group, String name, Integer number) {
    if (number != null) {
      group.add(name, number);
    }
  }
}
