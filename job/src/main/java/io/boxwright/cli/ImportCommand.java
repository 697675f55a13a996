package io.boxwright.cli;

import io.boxwright.diffusion.layout.BoxForm;
import io.boxwright.job.importing.Canvas;
import io.boxwright.job.importing.ImportLayouts;
import io.boxwright.job.importing.ImportSettings;
import io.boxwright.job.importing.ImportSummary;
import io.boxwright.job.importing.InvalidRows;
import io.boxwright.job.importing.LayoutFormats;
import io.boxwright.job.importing.MissingPhrases;
import io.boxwright.job.importing.ObjectChoice;
import io.boxwright.job.importing.TableForm;
import io.boxwright.job.report.ConsoleLines;
import io.boxwright.text.Count;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code boxwright import}. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Makes a prompt table of the files of a layout benchmark.",
    footer = {
      "",
      "Exit code 0: the table is there. 2: a file is not of the format, or options are wrong; there"
          + " is no table."
    })
final class ImportCommand implements Callable<Integer> {

  /** The names of the formats, for the help. */
  static final class FormatNames implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      return LayoutFormats.names().iterator();
    }
  }

  /** The unit of the numbers of a box. */
  enum BoxUnit {
    RELATIVE,
    PIXELS
  }

  /** Options of the format {@code table}. */
  static final class TableOptions {

    @Option(
        names = "--prompt-column",
        paramLabel = "NAME",
        description = "Format table: the column of prompts. Default: prompt.")
    private String promptColumn;

    @Option(
        names = "--boxes-column",
        paramLabel = "NAME",
        description =
            "Format table: the column of boxes. Default: bboxes. In CSV and TSV, its values are JSON:"
                + " [[x,y,x,y],...].")
    private String boxesColumn;

    @Option(
        names = "--phrases-column",
        paramLabel = "NAME",
        description =
            "Format table: the column of phrases, one for each box. Default: phrases. In CSV and TSV,"
                + " its values are JSON: [\"a cat\",...].")
    private String phrasesColumn;

    @Option(
        names = "--id-column",
        paramLabel = "NAME",
        description =
            "Format table: the column of ids. Default: id. Without one, ids are numbers of rows.")
    private String idColumn;

    @Option(
        names = "--boxes",
        paramLabel = "xyxy|xywh|cxcywh",
        description =
            "Format table: the numbers of a box: edges, a corner and a size, or the centre and a"
                + " size. Default: xyxy.")
    private BoxForm boxes;

    @Option(
        names = "--units",
        paramLabel = "relative|pixels",
        description =
            "Format table: the unit of boxes: 0 to 1, or pixels of --canvas. Default: relative.")
    private BoxUnit units;

    @Option(
        names = "--canvas",
        paramLabel = "WxH",
        description =
            "Format table: the size of the image that boxes in pixels belong to. Default: 512x512.")
    private String canvas;

    boolean areGiven() {
      return Stream.of(promptColumn, boxesColumn, phrasesColumn, idColumn, boxes, units, canvas)
          .anyMatch(Objects::nonNull);
    }

    TableForm makeForm() {
      TableForm defaults = TableForm.DEFAULTS;
      return new TableForm(
          promptColumn == null ? defaults.promptColumn() : promptColumn,
          boxesColumn == null ? defaults.boxesColumn() : boxesColumn,
          phrasesColumn == null ? defaults.phrasesColumn() : phrasesColumn,
          idColumn == null ? defaults.idColumn() : idColumn,
          boxes == null ? defaults.boxes() : boxes,
          chooseCanvas());
    }

    private Canvas chooseCanvas() {
      if (units != BoxUnit.PIXELS) {
        if (canvas != null) {
          throw new IllegalArgumentException("--canvas needs --units pixels");
        }
        return Canvas.RELATIVE;
      }
      return Canvas.parse(canvas == null ? "512x512" : canvas);
    }
  }

  /** Options of the format {@code coco}. */
  static final class CocoOptions {

    @Option(
        names = "--min-area",
        paramLabel = "X",
        description =
            "Format coco: objects that cover less of their image are left out. Default: 0.02.")
    private Double minArea;

    @Option(
        names = "--min-objects",
        paramLabel = "N",
        description = "Format coco: images with fewer objects are left out. Default: 3.")
    private Integer minObjects;

    @Option(
        names = "--max-objects",
        paramLabel = "N",
        description = "Format coco: images with more objects are left out. Default: 8.")
    private Integer maxObjects;

    boolean areGiven() {
      return Stream.of(minArea, minObjects, maxObjects).anyMatch(Objects::nonNull);
    }

    ObjectChoice makeChoice() {
      ObjectChoice defaults = ObjectChoice.DEFAULTS;
      return new ObjectChoice(
          minArea == null ? defaults.minArea() : minArea,
          minObjects == null ? defaults.minObjects() : minObjects,
          maxObjects == null ? defaults.maxObjects() : maxObjects);
    }
  }

  private final SparkConf conf;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "FORMAT",
      completionCandidates = FormatNames.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  private String format;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "FILE",
      converter = NameConverter.class,
      description = "Files of this format; several become one table.")
  private List<String> files = new ArrayList<>();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      converter = NameConverter.class,
      description = "The Parquet file to write, which must not exist yet.")
  private String output;

  @Option(
      names = "--drop-invalid",
      description =
          "Leave out rows that generation refuses, such as those with boxes of zero area. Without"
              + " this option they stay, and their images are errors.")
  private boolean dropInvalid;

  @Option(
      names = "--append-phrases",
      description =
          "Append phrases to prompts that do not have them, as in \"a street | a car\". Without this"
              + " option, generation refuses such rows.")
  private boolean appendPhrases;

  @Mixin private TableOptions table;

  @Mixin private CocoOptions coco;

  ImportCommand(SparkConf conf) {
    this.conf = conf;
  }

  @Override
  public Integer call() throws IOException {
    ImportSettings settings = makeSettings();
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(conf);
    ImportSummary summary = new ImportLayouts(hadoop, settings).execute(output);
    summary.print(spec.commandLine().getOut());
    new ConsoleLines(spec.commandLine().getOut())
        .print("Wrote %s to %s", Count.of(summary.writtenRows(), "row"), output);
    return ExitCode.OK;
  }

  private ImportSettings makeSettings() {
    if (table.areGiven()) {
      requireFormat("table", "--boxes, --units, --canvas and --...-column");
    }
    if (coco.areGiven()) {
      requireFormat("coco", "--min-area, --min-objects and --max-objects");
    }
    ImportSettings settings =
        ImportSettings.of(format, files)
            .withInvalidRows(dropInvalid ? InvalidRows.DROP : InvalidRows.KEEP)
            .withMissingPhrases(appendPhrases ? MissingPhrases.APPEND : MissingPhrases.KEEP);
    try {
      return settings.withTable(table.makeForm()).withObjects(coco.makeChoice());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void requireFormat(String wanted, String options) {
    if (!format.equalsIgnoreCase(wanted)) {
      throw new ParameterException(
          spec.commandLine(), "%s are options of the format %s".formatted(options, wanted));
    }
  }
}
