package io.boxwright.udf.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.testing.StubPipeline;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromptRowTest {

  private static final List<Number> BOX = List.of(0.1, 0.1, 0.6, 0.6);

  private static final CLIPTokenizer TOKENIZER = new StubPipeline().tokenizer();

  private static PromptRow row(
      String prompt, List<List<Number>> bboxes, List<List<Number>> tokens, List<String> phrases) {
    return new PromptRow("r1", prompt, null, 0, bboxes, tokens, phrases, 0, Map.of());
  }

  /**
   * Checks a refusal without a tokenizer, because checks come before the prompt is cut into tokens.
   */
  private static void assertRefusedUnread(PromptRow row, String message) {
    assertThatThrownBy(() -> row.makeRequest(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void limitsAreNamedBeforeAnyTextIsRead() {
    assertRefusedUnread(
        row("a ".repeat(350_000), List.of(BOX), List.of(), List.of("a")),
        "Invalid prompt: 700000 characters, the limit is 10000");
    assertRefusedUnread(
        new PromptRow(
            "r", "a", "b".repeat(10_001), 0, List.of(BOX), List.of(), List.of("a"), 0, Map.of()),
        "Invalid negative_prompt: 10001 characters, the limit is 10000");
    assertRefusedUnread(
        new PromptRow("i".repeat(5000), "a", null, 0, List.of(), List.of(), List.of(), 0, Map.of()),
        "Invalid id: 5000 characters, the limit is 4096");
    assertRefusedUnread(
        row("a", Collections.nCopies(3000, BOX), List.of(), Collections.nCopies(3000, "a")),
        "Invalid bboxes: 3000 boxes, the limit is 500");
    assertRefusedUnread(
        row("a", List.of(BOX, BOX), List.of(List.of(1), Collections.nCopies(76, 1)), List.of()),
        "Invalid token_indices[1]: 76 tokens, the limit is 75");
    assertRefusedUnread(
        row("a", List.of(BOX, BOX), List.of(), List.of("a", "a".repeat(1001))),
        "Invalid phrases[1]: 1001 characters, the limit is 1000");
  }

  @Test
  void aCharacterOfUnicodeCountsOnce() {
    String cat = "\uD83D\uDC31";

    assertThat(row(cat.repeat(10_000), List.of(), List.of(), List.of()).findProblem()).isEmpty();
    assertThat(row(cat.repeat(10_001), List.of(), List.of(), List.of()).findProblem())
        .contains("Invalid prompt: 10001 characters, the limit is 10000");
  }

  @Test
  void whatNeedsNoTokensIsSeenWithoutAModel() {
    List<String> nothing = Collections.singletonList(null);

    assertThat(row(" ", List.of(), List.of(), List.of()).findProblem())
        .contains("Invalid prompt: it is empty");
    assertThat(row("a", List.of(BOX), List.of(), nothing).findProblem())
        .contains("Invalid phrases[0]: it is null");
    assertThat(row("a", List.of(BOX), List.of(List.of(1)), nothing).findProblem()).isEmpty();
    assertThat(row("a", List.of(BOX), List.of(), List.of("a".repeat(1001))).findProblem())
        .contains("Invalid phrases[0]: 1001 characters, the limit is 1000");
    assertThat(row("a", List.of(BOX), List.of(List.of()), List.of()).findProblem())
        .contains("Invalid token_indices[0]: it is empty");
    assertThat(row("a", List.of(BOX), List.of(List.of(1, 1)), List.of()).findProblem())
        .contains("Invalid token_indices[0]: it has 1 twice");
  }

  @Test
  void boxesAndCountsAreCheckedBeforeAnyTextIsRead() {
    assertRefusedUnread(
        row("a", List.of(BOX, List.of(0.1, 0.1)), List.of(), List.of("a", "a")),
        "Invalid bboxes[1]: 2 numbers, but a box has 4: x_min, y_min, x_max, y_max");
    assertRefusedUnread(
        row("a", List.of(BOX), List.of(), List.of("a", "a")),
        "Invalid layout: 1 bbox, but 2 in phrases");
  }

  @Test
  void whatIsAtTheLimitsIsTaken() {
    String phrase = "a".repeat(1000);
    GenerationRequest request =
        row(
                phrase + " " + "a".repeat(8999),
                Collections.nCopies(500, BOX),
                Collections.nCopies(500, List.of(1)),
                Collections.nCopies(500, phrase))
            .makeRequest(TOKENIZER);

    assertThat(request.objects().get(0).boxes()).hasSize(500);
  }

  @Test
  void theRequestCarriesTheTokensOfItsPrompt() {
    GenerationRequest plain =
        row("a circle", List.of(), List.of(), List.of()).makeRequest(TOKENIZER);
    GenerationRequest guided =
        row("a circle", List.of(BOX), List.of(), List.of("circle")).makeRequest(TOKENIZER);

    assertThat(plain.tokens().tokens())
        .containsExactly("<|startoftext|>", "a</w>", "circle</w>", "<|endoftext|>");
    assertThat(guided.tokens().ids()).isEqualTo(plain.tokens().ids());
    assertThat(guided.objects().get(0).tokenIndices()).containsExactly(2);
  }

  @Test
  void objectsWithoutAPhraseOfTheirOwnAreCalledWhatTheirTokensSay() {
    List<List<Number>> tokens = List.of(List.of(1), List.of(2), List.of(4, 5));

    assertThat(
            row("a circle and green square", List.of(BOX, BOX, BOX), tokens, List.of())
                .makeRequest(TOKENIZER)
                .objects())
        .extracting(LayoutObject::label)
        .containsExactly("a", "circle", "green square");
    assertThat(
            row(
                    "a circle and green square",
                    List.of(BOX, BOX, BOX),
                    tokens,
                    Arrays.asList("thing", null, " "))
                .makeRequest(TOKENIZER)
                .objects())
        .extracting(LayoutObject::label)
        .containsExactly("thing", "circle", "green square");
  }

  @Test
  void aTokenIsThereOnceInItsList() {
    assertRefusedUnread(
        row("a b", List.of(BOX, BOX), List.of(List.of(1), List.of(2, 1, 2)), List.of()),
        "Invalid token_indices[1]: it has 2 twice");
  }

  @Test
  void remarksOnPhrasesGoOnWithTheRequest() {
    assertThat(
            row("a star and a star", List.of(BOX), List.of(), List.of("star"))
                .makeRequest(TOKENIZER)
                .warnings())
        .containsExactly(
            "phrase 'star' occurs 2 times in the prompt and has 1 box: it is on the first");
    assertThat(
            row("a star", List.of(BOX), List.of(List.of(1)), List.of("star"))
                .makeRequest(TOKENIZER)
                .warnings())
        .containsExactly(
            "token_indices[0] stand for 'a', phrases[0] says 'star'; the tokens are used (is the"
                + " start token counted? The first word has index 1)");
  }

  @Test
  void edgesThatLeaveTheImageByRoundingLieOnItsEdge() {
    GenerationRequest request =
        row("a b", List.of(List.of(-1e-7, 0, 1.0000005, 1.0001)), List.of(List.of(1)), List.of())
            .makeRequest(TOKENIZER);

    assertThat(request.objects().get(0).boxes()).containsExactly(new BoundingBox(0, 0, 1, 1));
    assertThat(row("a", List.of(List.of(0, 0, 1, 1.0002)), List.of(), List.of("a")).findProblem())
        .hasValueSatisfying(problem -> assertThat(problem).startsWith("Invalid bboxes[0]: "));
    assertThat(row("a", List.of(BOX), List.of(), List.of("a")).findProblem()).isEmpty();
  }

  @Test
  void rowsThatRepeatAnIdHaveNamesOfTheirOwn() {
    PromptRow first =
        new PromptRow("x", "a", null, 0, List.of(), List.of(), List.of(), 0, Map.of());
    PromptRow second =
        new PromptRow("x", "a", null, 0, List.of(), List.of(), List.of(), 1, Map.of());

    assertThat(first.name()).isEqualTo("x");
    assertThat(ImagePath.of(second.name(), 0)).isNotEqualTo(ImagePath.of(first.name(), 0));
  }
}
