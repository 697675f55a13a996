package io.boxwright.job.importing;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The settings of an import.
 *
 * @param format the name of the format, as {@link LayoutFormats#names} lists them; it may be given
 *     in any case
 * @param files names of files of this format, at least one
 * @param invalidRows the treatment of rows that generation refuses
 * @param missingPhrases the treatment of phrases that their prompts do not have
 * @param table the form of files of the format {@code table}
 * @param objects the choice among the objects of the format {@code coco}
 */
public record ImportSettings(
    String format,
    List<String> files,
    InvalidRows invalidRows,
    MissingPhrases missingPhrases,
    TableForm table,
    ObjectChoice objects) {

  /** Checks that there are files, and copies the list; the name gets small letters. */
  public ImportSettings {
    format = format.toLowerCase(Locale.ROOT);
    files = List.copyOf(files);
    if (files.isEmpty()) {
      throw new IllegalArgumentException("Invalid files: there are none");
    }
    Objects.requireNonNull(invalidRows);
    Objects.requireNonNull(missingPhrases);
    Objects.requireNonNull(table);
    Objects.requireNonNull(objects);
  }

  /** Makes settings that keep every row, with the usual form of tables and choice of objects. */
  public static ImportSettings of(String format, List<String> files) {
    return new ImportSettings(
        format,
        files,
        InvalidRows.KEEP,
        MissingPhrases.KEEP,
        TableForm.DEFAULTS,
        ObjectChoice.DEFAULTS);
  }

  /** Returns settings with another treatment of rows that generation refuses. */
  public ImportSettings withInvalidRows(InvalidRows rows) {
    return new ImportSettings(format, files, rows, missingPhrases, table, objects);
  }

  /** Returns settings with another treatment of phrases that their prompts do not have. */
  public ImportSettings withMissingPhrases(MissingPhrases phrases) {
    return new ImportSettings(format, files, invalidRows, phrases, table, objects);
  }

  /** Returns settings with another form of tables. */
  public ImportSettings withTable(TableForm form) {
    return new ImportSettings(format, files, invalidRows, missingPhrases, form, objects);
  }

  /** Returns settings with another choice of objects. */
  public ImportSettings withObjects(ObjectChoice choice) {
    return new ImportSettings(format, files, invalidRows, missingPhrases, table, choice);
  }
}
