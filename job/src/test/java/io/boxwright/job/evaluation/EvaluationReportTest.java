package io.boxwright.job.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.job.figures.Figure;
import io.boxwright.job.figures.FigureUnit;
import io.boxwright.job.figures.Interval;
import io.boxwright.job.report.CommonErrors;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluationReportTest {

  private static Figure figure(
      String name, String category, double value, FigureUnit unit, int prompts) {
    Interval interval = new Interval(value - value / 10, value + value / 10);
    return new Figure(name, category, value, unit, "", "", 2 * prompts, prompts, interval);
  }

  private static EvaluationRecord record(
      String benchmark, long failed, EvaluationRecord.Figures... figures) {
    return new EvaluationRecord(40, failed, Map.of("benchmark", benchmark), "", List.of(figures));
  }

  private static List<String> print(EvaluationRecord record) {
    return print(record, FailureGroup.NONE, FailureGroup.NONE);
  }

  private static List<String> print(
      EvaluationRecord record, FailureGroup notMade, FailureGroup refused) {
    StringWriter out = new StringWriter();
    new EvaluationReport(new PrintWriter(out))
        .print(new EvaluationResult("T", "F", record, notMade, refused));
    return out.toString().lines().toList();
  }

  @Test
  void figuresOverAllImagesArePrintedAndCategoriesAreInTheFile() {
    EvaluationRecord.Figures lmd =
        new EvaluationRecord.Figures(
            "lmd",
            List.of(
                figure("accuracy", null, 62.5, FigureUnit.PERCENT, 20),
                figure("accuracy", "negation", 50, FigureUnit.PERCENT, 5)));
    EvaluationRecord.Figures clip =
        new EvaluationRecord.Figures(
            "clip", List.of(figure("clip_score", null, 25, FigureUnit.POINTS, 10)));

    assertThat(print(record("lmd", 0, lmd, clip)))
        .containsExactly(
            "40 of 40 images evaluated",
            "lmd:",
            "  figure               group     value  95 % interval     images",
            "  accuracy             all      62.5 %  [56.3, 68.8]          40",
            "  by category: see evaluation.json",
            "clip:",
            "  figure               group     value  95 % interval     images",
            "  clip_score           all      25.000  [22.500, 27.500]      20",
            "Rows: T",
            "Figures with their formulas: F");
  }

  @Test
  void fewPromptsHaveNoInterval() {
    EvaluationRecord.Figures figures =
        new EvaluationRecord.Figures(
            "7bench",
            List.of(
                figure("layout_score", null, 0.5, FigureUnit.FRACTION, 9),
                figure("mean_iou", null, 0.4, FigureUnit.FRACTION, 9)));

    assertThat(print(record("none", 0, figures)))
        .contains("  layout_score         all       0.500  -                     18")
        .containsOnlyOnce("-: too few prompts for an interval");
  }

  @Test
  void aBenchmarkWithoutFiguresSaysWhatItNeeds() {
    assertThat(print(record("nsr-1k", 0)))
        .containsExactly(
            "40 of 40 images evaluated",
            "No figures of nsr-1k: no evaluated image has what it judges; it needs the column expected, as boxwright import nsr-1k writes it",
            "Rows: T");
    assertThat(print(record("7bench", 0)))
        .contains(
            "No figures of 7bench: no evaluated image has what it judges; it needs boxes with phrases");
    assertThat(print(record("none", 0)))
        .contains("No figures: no evaluated image has boxes with phrases");
    assertThat(print(record("none", 40))).contains("No figures: no image was evaluated");

    EvaluationRecord.Figures clip =
        new EvaluationRecord.Figures(
            "clip", List.of(figure("clip_score", null, 25, FigureUnit.POINTS, 10)));
    assertThat(print(record("visor", 0, clip)))
        .anyMatch(line -> line.startsWith("No figures of visor: "))
        .contains("Figures with their formulas: F");
  }

  @Test
  void errorsAreThoseOfImagesThatWereNotMadeAndOfRefusedOnes() {
    FailureGroup notMade = new FailureGroup(1, new CommonErrors(Map.of("the prompt is empty", 1L)));
    FailureGroup refused = new FailureGroup(3, new CommonErrors(Map.of("unknown word: bus", 3L)));

    assertThat(print(record("none", 4), notMade, refused))
        .startsWith(
            "36 of 40 images evaluated",
            "1 image was not made by the run. The most common errors:",
            "       1  the prompt is empty",
            "3 images were made, but not evaluated. The most common errors:",
            "       3  unknown word: bus");
    assertThat(print(record("none", 0))).noneMatch(line -> line.contains("errors"));
  }
}
