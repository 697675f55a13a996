package io.boxwright.job.importing;

import io.boxwright.files.FileProblem;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.PathNames;
import io.boxwright.udf.executor.FileSystems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Makes a prompt table of the files of a benchmark. The same files give the same bytes. */
public final class ImportLayouts {

  private final Configuration configuration;
  private final ImportSettings settings;

  /**
   * Prepares an import.
   *
   * @param configuration Hadoop's settings, with those of the file systems of input and output
   * @param settings what is imported, and how
   */
  public ImportLayouts(Configuration configuration, ImportSettings settings) {
    this.configuration = configuration;
    this.settings = settings;
  }

  /**
   * Reads the files and writes the table.
   *
   * @param output the path of the Parquet file; there must be no file or folder yet
   * @return what was found
   * @throws InvalidInputException naming file, line and field, if a file is not of the format; or
   *     if there is something at the output path; nothing is written then
   * @throws IOException if an input cannot be read
   * @throws UncheckedIOException naming the output, if it cannot be written
   */
  public ImportSummary execute(String output) throws IOException {
    LayoutFormat format = LayoutFormats.make(settings);
    Path target = parseOutput(output);
    FileSystem fileSystem = FileSystems.of(target, configuration);
    target = fileSystem.makeQualified(target);
    requireFree(fileSystem, target, output);
    List<ImportedRow> rows = makeRows(format.read(findFiles()));
    if (rows.isEmpty()) {
      throw new InvalidInputException(
          "%s: there are no prompts".formatted(String.join(", ", settings.files())));
    }
    ImportSummary summary = ImportSummary.of(rows, settings.invalidRows());
    write(fileSystem, target, keep(rows), output);
    return summary;
  }

  private static void requireFree(FileSystem fileSystem, Path target, String output)
      throws IOException {
    boolean there;
    try {
      there = fileSystem.exists(target);
    } catch (IOException e) { // a part of the path is a file
      throw cannotWrite(output, e);
    }
    if (there) {
      throw new InvalidInputException(
          "Cannot write %s: it is there already; remove it, or give another name"
              .formatted(output));
    }
  }

  private void write(FileSystem fileSystem, Path target, List<ImportedRow> rows, String output) {
    try {
      new PromptTableWriter(settings.format()).write(fileSystem, target, rows);
    } catch (IOException e) {
      throw cannotWrite(output, e);
    }
  }

  private static UncheckedIOException cannotWrite(String output, IOException e) {
    return new UncheckedIOException("Cannot write %s: %s".formatted(output, FileProblem.of(e)), e);
  }

  private List<SourceFile> findFiles() throws IOException {
    List<SourceFile> files = new ArrayList<>();
    for (String name : settings.files()) {
      files.add(SourceFile.find(configuration, name));
    }
    return files;
  }

  private List<ImportedRow> makeRows(List<Layout> layouts) {
    PromptRows rows = new PromptRows(settings.missingPhrases());
    return layouts.stream().map(rows::make).toList();
  }

  private List<ImportedRow> keep(List<ImportedRow> rows) {
    List<ImportedRow> kept =
        settings.invalidRows() == InvalidRows.KEEP
            ? rows
            : rows.stream().filter(row -> row.problem().isEmpty()).toList();
    if (kept.isEmpty()) {
      throw new InvalidInputException(
          "All rows are invalid; the first is " + describe(rows.get(0)));
    }
    return kept;
  }

  private static String describe(ImportedRow row) {
    return "%s: %s".formatted(row.layout().place(), row.problem().orElse(""));
  }

  private Path parseOutput(String output) {
    try {
      return PathNames.parse(configuration, output);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("Cannot write '%s': %s".formatted(output, e.getMessage()), e);
    }
  }
}
