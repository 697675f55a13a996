package io.boxwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.testing.FailingLoader;
import io.boxwright.testing.PaintingLoader;
import io.boxwright.testing.TinyScorers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command {@code boxwright evaluate}: how it ends, and what it refuses. */
class EvaluateCommandTest extends CommandRuns {

  private static final String CIRCLES =
      "select 'a red circle' prompt, string(id) id, id seed,"
          + " array(array(0.1D, 0.1D, 0.5D, 0.5D)) bboxes, array('a red circle') phrases"
          + " from range(0, 4, 1, 1)";

  /** Paints images of prompts, two a chunk. */
  private int paint(String query) throws Exception {
    writePrompts(query);
    return generate(
        "--pipeline-loader", PaintingLoader.class.getName(), "--device=cpu", "--chunk-rows=2");
  }

  private int evaluate(String... options) {
    err.getBuffer().setLength(0);
    out.getBuffer().setLength(0);
    List<String> arguments = new ArrayList<>(List.of("evaluate", run(), "--device=cpu"));
    arguments.addAll(List.of(options));
    return run(arguments.toArray(String[]::new));
  }

  /** Adds a column {@code expected} to the circles: an SQL expression. */
  private static String expecting(String expression) {
    return CIRCLES.replace(" from", ", " + expression + " expected from");
  }

  private String run() {
    return folder.resolve("out").toString();
  }

  private Path evaluation(String name) {
    return folder.resolve("out/evaluations").resolve(name);
  }

  private void flipBit(Path file) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "| An evaluation needs a detector or a CLIP model (--detector or --clip)",
        "--detector none | An evaluation needs a detector or a CLIP model",
        "--detector shapes --benchmark 8bench | Unknown benchmark '8bench'; known are 7bench, ",
        "--benchmark 7bench | The benchmark 7bench needs a --detector",
        "--benchmark clip --detector shapes | The benchmark clip needs --clip",
        "--detector owl | Unknown detector owl: choose one of none, shapes, or give the folder",
        "--detector CLIP | architectures in config.json is [CLIPModel], there are detectors for",
        "--detector OWL --detector-threshold 1.5 | Invalid threshold of the detector: 1.5, it must",
        "--detector OWL --detector-threshold NaN | Invalid threshold of the detector: NaN, it must",
        "--detector OWL --template photo | The template 'photo' has no place for the label",
        "--detector Shapes --detector-threshold 0.5 --template {} | No effect without the folder of a detector: --detector-threshold, --template",
        "--clip CLIP --detector-labels alone | No effect without the folder of a detector: --detector-labels",
        "--clip OWL | Cannot load CLIPModel from OWL: architectures in config.json is [OwlViTForObjectDetection]",
        "--clip nowhere | nowhere",
        "--detector shapes --batch-size 0 | 0, it must be at least 1",
      })
  void optionsThatCannotBeAreRefusedInOneLine(String options, String message) {
    String words = options == null ? "" : options;
    String[] all =
        words
            .replace("OWL", TinyScorers.OWL_VIT.toString())
            .replace("CLIP", TinyScorers.CLIP.toString())
            .split(" ");

    assertThat(words.isEmpty() ? evaluate() : evaluate(all)).isEqualTo(ExitCode.INVALID_INPUT);

    assertThat(err.toString().lines().filter(line -> !line.startsWith("See boxwright evaluate")))
        .singleElement()
        .asString()
        .contains(message.replace("OWL", TinyScorers.OWL_VIT.toString()));
  }

  @Test
  void aFolderWithoutAFinishedRunIsRefusedInOneLine() throws Exception {
    assertOneLine(evaluate("--detector=shapes"), "There is no run in " + run());

    assertThat(paint(CIRCLES)).isEqualTo(ExitCode.OK);
    assertOneLine(
        evaluate("--detector=shapes", "--benchmark=visor"),
        "have no column expected, which visor needs; import the prompts with boxwright import");
    assertOneLine(
        evaluate("--detector=shapes", "--name=../../images"),
        "Invalid name of an evaluation: ../../images, use letters, digits");
    assertThat(folder.resolve("out/evaluations")).doesNotExist();

    assertThat(evaluate("--detector=shapes")).isEqualTo(ExitCode.OK);
    err.getBuffer().setLength(0);
    assertOneLine(
        run("evaluate", evaluation("shapes").toString(), "--detector=shapes"),
        "is itself an evaluation; name the run that made the images");

    Files.delete(folder.resolve("out/images/chunk-00001.parquet"));
    assertOneLine(
        evaluate("--detector=shapes", "--name=later"), "is not finished, chunks are missing: 1");
    assertThat(evaluation("later")).doesNotExist();
  }

  @Test
  void imagesThatExpectNothingAreRefusedInOneLine() throws Exception {
    String empty = "if(id = 0, null, cast(array() as array<struct<label: string>>))";
    assertThat(paint(expecting(empty))).isEqualTo(ExitCode.OK);

    assertOneLine(
        evaluate("--detector=shapes", "--benchmark=nsr-1k"),
        "have nothing in their column expected, which nsr-1k needs; import the prompts with boxwright import");

    assertThat(folder.resolve("out/evaluations")).doesNotExist();
  }

  @Test
  void aRunWithoutImagesHasAnEvaluationWithoutFigures() throws Exception {
    assertThat(paint(expecting("cast(null as array<struct<label: string>>)") + " where id < 0"))
        .isEqualTo(ExitCode.OK);
    assertThat(evaluate("--detector=shapes", "--benchmark=nsr-1k")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("No figures of nsr-1k: no image was evaluated");

    assertThat(evaluate("--detector=shapes")).as(err.toString()).isEqualTo(ExitCode.OK);

    assertThat(out.toString().lines())
        .startsWith("0 of 0 images evaluated", "No figures: no image was evaluated")
        .noneMatch(line -> line.startsWith("Figures"));
    assertThat(evaluation("shapes").resolve("evaluation.json")).exists();
    assertThat(run("verify", evaluation("shapes").toString())).isEqualTo(ExitCode.OK);
  }

  @Test
  void aRunWhoseRowsAllFailedEndsWithThree() throws Exception {
    writePrompts(CIRCLES);
    assertThat(generate("--pipeline-loader", FailingLoader.class.getName(), "--device=cpu"))
        .isEqualTo(ExitCode.ROWS_FAILED);

    assertThat(evaluate("--detector=shapes")).isEqualTo(ExitCode.ROWS_FAILED);

    assertThat(out.toString().lines())
        .startsWith(
            "0 of 4 images evaluated", "4 images were not made by the run. The most common errors:")
        .anyMatch(line -> line.matches(" +4  .+"))
        .contains("No figures: no image was evaluated");
    assertThat(err.toString()).doesNotContain("\tat ");
  }

  /** The detector refuses sentences of benchmarks around labels, and phrases with a bus. */
  @Test
  void settingsForOtherDetectorsDoNotReachShapesAndOtherPhrasesAreErrors() throws Exception {
    String expected =
        "array(named_struct('label', 'a red circle', 'min_count', 1, 'max_count',"
            + " cast(null as int), 'color', cast(null as string), 'relation',"
            + " cast(null as string), 'relative_to', cast(null as int)))";
    String busses =
        expecting(expected)
            .replace("'a red circle' prompt", "'a red circle and a red bus' prompt")
            .replace("('a red circle')", "(if(id < 2, 'a red circle', 'a red bus'))");
    assertThat(paint(busses)).isEqualTo(ExitCode.OK);
    conf.set("spark.boxwright.batch-size", "auto"); // as in the settings for clusters
    conf.set("spark.boxwright.detector-threshold", "0.3");

    assertThat(evaluate("--detector=Shapes", "--benchmark=lmd")).isEqualTo(ExitCode.OK);

    assertThat(out.toString()).startsWith("4 of 4 images evaluated");

    assertThat(evaluate("--detector=shapes", "--benchmark=7bench")).isEqualTo(ExitCode.ROWS_FAILED);
    assertThat(out.toString().lines())
        .startsWith(
            "2 of 4 images evaluated",
            "2 images were made, but not evaluated. The most common errors:")
        .anyMatch(line -> line.matches(" +2  .*bus.*"))
        .containsSubsequence(
            "7bench:",
            "  figure               group     value  95 % interval     images",
            "  layout_score         all       0.375  -                      2")
        .containsOnlyOnce("-: too few prompts for an interval")
        .anyMatch(line -> line.startsWith("Figures with their formulas: "));
  }

  @Test
  void verifyAndStatusTakeTheFolderOfAnEvaluation() throws Exception {
    assertThat(paint(CIRCLES)).isEqualTo(ExitCode.OK);
    assertThat(evaluate("--detector=shapes", "--benchmark=7bench")).isEqualTo(ExitCode.OK);
    String evaluation = evaluation("7bench").toString();
    assertThat(run("status", evaluation)).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("Images: 4 of 4 done, 0 of them failed");
    assertThat(out.toString()).doesNotContain("does not");
    assertThat(run("verify", run())).isEqualTo(ExitCode.OK);
    assertThat(run("verify", evaluation)).isEqualTo(ExitCode.OK);

    flipBit(evaluation("7bench").resolve("images/chunk-00001.parquet"));
    out.getBuffer().setLength(0);
    assertThat(run("verify", evaluation)).isEqualTo(ExitCode.UNEXPECTED);
    assertThat(out.toString())
        .contains("chunk-00001.parquet", "boxwright evaluate " + run())
        .doesNotContain("chunk-00000.parquet");
  }
}
