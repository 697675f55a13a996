package io.boxwright.job.figures;

import static io.boxwright.job.figures.ImageBuilder.box;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.boxwright.diffusion.layout.BoundingBox;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FigureCalculatorTest {

  private static final BoundingBox LEFT = box(0, 0, 20, 20);
  private static final BoundingBox RIGHT = box(60, 0, 80, 20);

  private final FigureCalculator calculator = new FigureCalculator(new Bootstrap(100, 1));

  @Test
  void visorCountsPromptsByTheirRightImages() {
    List<EvaluatedImage> images = new ArrayList<>();
    images.addAll(prompt("1", 3, 1));
    images.addAll(prompt("2", 1, 3));

    BenchmarkFigures result = calculator.calculate(new Visor(), images);

    assertThat(find(result, "OA", null).value()).isEqualTo(100);
    assertThat(find(result, "VISOR_cond", null).value()).isEqualTo(50);
    assertThat(find(result, "VISOR_uncond", null).value()).isEqualTo(50);
    assertThat(find(result, "VISOR_1", null).value()).isEqualTo(100);
    assertThat(find(result, "VISOR_2", null).value()).isEqualTo(50);
    assertThat(find(result, "VISOR_3", null).value()).isEqualTo(50);
    assertThat(find(result, "VISOR_4", null).value()).isEqualTo(0);
    assertThat(find(result, "OA", null).images()).isEqualTo(8);
    assertThat(find(result, "OA", null).prompts()).isEqualTo(2);
  }

  @Test
  void aFigureThatNeedsMoreImagesOfAPromptIsLeftOut() {
    BenchmarkFigures result = calculator.calculate(new Visor(), prompt("1", 2, 0));

    assertThat(result.figures())
        .extracting(Figure::name)
        .contains("VISOR_2")
        .doesNotContain("VISOR_3");
  }

  @Test
  void imagesOfAPromptStayTogetherInResamples() {
    BenchmarkFigures oneRightOfTwo = calculator.calculate(new Visor(), prompt("1", 1, 1));

    assertThat(find(oneRightOfTwo, "VISOR_uncond", null).interval())
        .isEqualTo(new Interval(50, 50));
  }

  @Test
  void failedImagesCountInNoFigure() {
    List<EvaluatedImage> images = new ArrayList<>(prompt("1", 1, 0));
    images.add(new ImageBuilder("2", 0).failed().build());

    BenchmarkFigures result = calculator.calculate(new Visor(), images);

    assertThat(result.failedImages()).isEqualTo(1);
    assertThat(result.outcomes()).hasSize(1);
    assertThat(find(result, "OA", null).value()).isEqualTo(100);
  }

  @Test
  void categoriesCountTheSameInTheirMean() {
    List<EvaluatedImage> images = new ArrayList<>();
    images.add(counted("1", "numeracy", 1));
    images.add(counted("2", "numeracy", 1));
    images.add(counted("3", "numeracy", 1));
    images.add(counted("4", "negation", 0));

    BenchmarkFigures result = calculator.calculate(new Lmd(), images);

    assertThat(find(result, "accuracy", null).value()).isEqualTo(75);
    assertThat(find(result, "mean_accuracy", null).value()).isEqualTo(50);
    assertThat(find(result, "accuracy", "numeracy").value()).isEqualTo(100);
    assertThat(find(result, "accuracy", "negation").value()).isZero();
    assertThat(result.figures())
        .as("no mean of one category")
        .noneMatch(figure -> figure.name().equals("mean_accuracy") && figure.category() != null);
  }

  @Test
  void aDifferenceIsThatOfThePromptsThatBothRunsHave() {
    List<EvaluatedImage> first =
        Stream.of(prompt("1", 0, 2), prompt("2", 1, 1), prompt("3", 2, 0))
            .flatMap(List::stream)
            .toList();
    List<EvaluatedImage> second = new ArrayList<>(prompt("2", 2, 0));
    second.addAll(prompt("1", 1, 1));
    second.addAll(prompt("4", 0, 2));
    second.add(new ImageBuilder("3", 0).failed().build());

    FigureDifference difference = findVisor(calculator.compare(new Visor(), first, second));

    assertThat(difference.value()).isEqualTo(75 - 25);
    assertThat(difference.prompts()).isEqualTo(2);
    assertThat(findVisor(calculator.compare(new Visor(), second, first)).value()).isEqualTo(-50);
  }

  @Test
  void bothRunsAreResampledTogether() {
    List<EvaluatedImage> first = new ArrayList<>(prompt("1", 0, 2));
    first.addAll(prompt("2", 1, 1));
    List<EvaluatedImage> second = new ArrayList<>(prompt("1", 1, 1));
    second.addAll(prompt("2", 2, 0));

    assertThat(findVisor(calculator.compare(new Visor(), first, second)).interval())
        .as("each prompt gains the same")
        .isEqualTo(new Interval(50, 50));
  }

  @Test
  void differencesAreDividedByTheCategoriesOfTheFirstRun() {
    List<FigureDifference> differences =
        calculator.compare(
            new Lmd(),
            List.of(counted("1", "numeracy", 1), counted("2", "negation", 0)),
            List.of(counted("1", null, 0), counted("2", "numeracy", 1)));

    assertThat(differences)
        .filteredOn(difference -> difference.name().equals("accuracy"))
        .extracting(FigureDifference::category, FigureDifference::value)
        .containsExactly(tuple(null, 0.0), tuple("negation", 100.0), tuple("numeracy", -100.0));
    assertThat(differences)
        .filteredOn(difference -> difference.name().equals("mean_accuracy"))
        .extracting(FigureDifference::value)
        .as("the mean of -100 and 100")
        .containsExactly(0.0);
  }

  @Test
  void promptsOfOneIdThatAskForOtherThingsAreNotCompared() {
    EvaluatedImage asked =
        new ImageBuilder("1", 0).ask("cat", LEFT).expect(Expectation.of("cat")).build();
    EvaluatedImage askedElsewhere =
        new ImageBuilder("1", 0).ask("cat", RIGHT).expect(Expectation.of("cat")).build();

    assertThat(calculator.compare(new Lmd(), List.of(asked), List.of(asked))).isNotEmpty();
    assertThat(calculator.compare(new Lmd(), List.of(asked), List.of(askedElsewhere))).isEmpty();
  }

  @Test
  void runsWithoutACommonPromptHaveNoDifferences() {
    assertThat(calculator.compare(new Visor(), prompt("1", 1, 0), prompt("2", 1, 0))).isEmpty();
  }

  private static FigureDifference findVisor(List<FigureDifference> differences) {
    return differences.stream()
        .filter(difference -> difference.name().equals("VISOR_uncond"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anImageThatIsThereTwiceIsRefused() {
    List<EvaluatedImage> images = List.of(counted("7", null, 1), counted("7", null, 1));

    assertThatThrownBy(() -> calculator.calculate(new Lmd(), images))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Image 0 of 7");
  }

  @Test
  void theValuesOfAnImageAreInAlphabeticalOrder() {
    BenchmarkFigures result = calculator.calculate(new Visor(), prompt("1", 1, 0));

    assertThat(result.outcomes().get(0).values().keySet()).containsExactly("both_found", "right");
  }

  @Test
  void nothingToJudgeMeansNoFigures() {
    assertThat(calculator.calculate(new Lmd(), List.of()).figures()).isEmpty();
  }

  @Test
  void everyFigureSaysItsFormulaAndSource() {
    for (String name : Benchmarks.names()) {
      assertThat(Benchmarks.of(name).figures())
          .as(name)
          .isNotEmpty()
          .noneMatch(figure -> figure.formula().isBlank() || figure.source().isBlank());
    }
  }

  @Test
  void anUnknownBenchmarkIsNamedWithTheKnownOnes() {
    assertThatThrownBy(() -> Benchmarks.of("8bench"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'8bench'")
        .hasMessageContaining("7bench, c-bench");
  }

  /** Returns images of a cat that should be left of a dog: first right ones, then wrong ones. */
  private static List<EvaluatedImage> prompt(String id, int right, int wrong) {
    List<EvaluatedImage> images = new ArrayList<>();
    for (int i = 0; i < right + wrong; i++) {
      images.add(
          new ImageBuilder(id, i)
              .expect("cat", Relation.LEFT_OF, 1)
              .expect(Expectation.of("dog"))
              .find("cat", 0.9, i < right ? LEFT : RIGHT)
              .find("dog", 0.9, i < right ? RIGHT : LEFT)
              .build());
    }
    return images;
  }

  /** Returns an image with one cat, of which there should be so many. */
  private static EvaluatedImage counted(String id, String category, int expected) {
    return new ImageBuilder(id, 0)
        .category(category)
        .expect(Expectation.exactly(expected, "cat"))
        .find("cat", 0.9, LEFT)
        .build();
  }

  private static Figure find(BenchmarkFigures result, String name, String category) {
    return result.figures().stream()
        .filter(
            figure ->
                figure.name().equals(name)
                    && Optional.ofNullable(figure.category()).equals(Optional.ofNullable(category)))
        .findFirst()
        .orElseThrow();
  }
}
