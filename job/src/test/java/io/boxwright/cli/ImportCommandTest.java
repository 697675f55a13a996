package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code boxwright import}, which needs no Spark session. */
class ImportCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  private int run(String format, String... options) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("t.csv"),
            "prompt,phrases,bboxes\ntwo cats,\"[\"\"dog\"\"]\",\"[[0,0,64,256]]\"\n");
    List<String> all = new ArrayList<>(List.of("import", format, file.toString()));
    all.addAll(List.of(options));
    if (all.stream().noneMatch(option -> option.startsWith("--output"))) {
      all.addAll(List.of("--output", folder.resolve("out.parquet").toString()));
    }
    return BoxwrightCommand.run(
        new SparkConf(false),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        all.toArray(String[]::new));
  }

  @Test
  void importPrintsASummaryAndWritesOneFile() throws IOException {
    assertThat(run("Table", "--units", "pixels", "--canvas", "128x256", "--append-phrases"))
        .isEqualTo(ExitCode.OK);

    assertThat(out.toString().lines())
        .contains("1 row, 1 box", "phrases: 1 appended to its prompt")
        .last()
        .isEqualTo("Wrote 1 row to " + folder.resolve("out.parquet"));
    assertThat(folder.resolve("out.parquet")).isRegularFile();
  }

  @Test
  void anOutputThatCannotBeWrittenIsOneLineThatNamesIt() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    String output = file.resolve("out.parquet").toString();

    assertThat(run("table", "--units=pixels", "--append-phrases", "--output=" + output))
        .isEqualTo(ExitCode.UNEXPECTED);

    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("Cannot write " + output + ": ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "table | | t.csv, line 2, field bboxes: 64.0 cannot be relative to the image;",
        "tables |  | Unknown format 'tables'",
        "7Bench |  | t.csv is not a 7bench CSV: its first line has no columns id, category, obj1, bbox1",
        "7bench | --boxes=xywh | --boxes, --units, --canvas and --...-column are options of the format table",
        "table | --min-area=0.5 | --min-area, --min-objects and --max-objects are options of the format coco",
        "table | --canvas=128x256 | --canvas needs --units pixels",
        "table | --units=pixels --canvas=big | Invalid canvas 'big'",
        "coco | --min-objects=9 | Invalid numbers of objects 9..8",
        "table | --drop-invalid --units=pixels | All rows are invalid; the first is t.csv, line 2: phrase 'dog' does not occur",
      })
  void whatIsWrongIsOneLineAndWritesNothing(String format, String options, String message)
      throws IOException {
    String[] words = options == null ? new String[0] : options.split(" ");

    assertThat(run(format, words)).isEqualTo(ExitCode.INVALID_INPUT);

    assertThat(err.toString()).startsWith(message).doesNotContain("\tat ");
    assertThat(folder.resolve("out.parquet")).doesNotExist();
  }
}
