package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.layout.LayoutObject;
import io.boxwright.testing.StubPipeline;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PromptValuesTest {

  private static final List<Number> BOX = List.of(0.1, 0.1, 0.6, 0.6);

  private static final CLIPTokenizer TOKENIZER = new StubPipeline().tokenizer();

  private static PromptValues values(
      String prompt, List<List<Number>> bboxes, List<List<Number>> tokens, List<String> phrases) {
    return new PromptValues(prompt, null, 0, bboxes, tokens, phrases);
  }

  /**
   * Checks a refusal without a tokenizer, because checks come before the prompt is cut into tokens.
   */
  private static void assertRefusedUnread(PromptValues values, String message) {
    assertThatThrownBy(() -> values.makeRequest(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void limitsAreNamedBeforeAnyTextIsRead() {
    assertRefusedUnread(
        values("a ".repeat(350_000), List.of(BOX), List.of(), List.of("a")),
        "Invalid prompt: 700000 characters, the limit is 10000");
    assertRefusedUnread(
        new PromptValues("a", "b".repeat(10_001), 0, List.of(BOX), List.of(), List.of("a")),
        "Invalid negative_prompt: 10001 characters, the limit is 10000");
    assertRefusedUnread(
        values("a", Collections.nCopies(3000, BOX), List.of(), Collections.nCopies(3000, "a")),
        "Invalid bboxes: 3000 boxes, the limit is 500");
    assertRefusedUnread(
        values("a", List.of(BOX, BOX), List.of(List.of(1), Collections.nCopies(76, 1)), List.of()),
        "Invalid token_indices[1]: 76 tokens, the limit is 75");
    assertRefusedUnread(
        values("a", List.of(BOX, BOX), List.of(), List.of("a", "a".repeat(1001))),
        "Invalid phrases[1]: 1001 characters, the limit is 1000");
  }

  @Test
  void aCharacterOfUnicodeCountsOnce() {
    String cat = "\uD83D\uDC31";

    assertThat(findProblem(values(cat.repeat(10_000), List.of(), List.of(), List.of()))).isEmpty();
    assertThat(findProblem(values(cat.repeat(10_001), List.of(), List.of(), List.of())))
        .contains("Invalid prompt: 10001 characters, the limit is 10000");
  }

  @Test
  void whatNeedsNoTokensIsSeenWithoutAModel() {
    List<String> nothing = Collections.singletonList(null);

    assertThat(findProblem(values(" ", List.of(), List.of(), List.of())))
        .contains("Invalid prompt: it is empty");
    assertThat(findProblem(values("a", List.of(BOX), List.of(), nothing)))
        .contains("Invalid phrases[0]: it is null");
    assertThat(findProblem(values("a", List.of(BOX), List.of(List.of(1)), nothing))).isEmpty();
    assertThat(findProblem(values("a", List.of(BOX), List.of(), List.of("a".repeat(1001)))))
        .contains("Invalid phrases[0]: 1001 characters, the limit is 1000");
    assertThat(findProblem(values("a", List.of(BOX), List.of(List.of()), List.of())))
        .contains("Invalid token_indices[0]: it is empty");
    assertThat(findProblem(values("a", List.of(BOX), List.of(List.of(1, 1)), List.of())))
        .contains("Invalid token_indices[0]: it has 1 twice");
  }

  @Test
  void boxesAndCountsAreCheckedBeforeAnyTextIsRead() {
    assertRefusedUnread(
        values("a", List.of(BOX, List.of(0.1, 0.1)), List.of(), List.of("a", "a")),
        "Invalid bboxes[1]: 2 numbers, but a box has 4: x_min, y_min, x_max, y_max");
    assertRefusedUnread(
        values("a", List.of(BOX), List.of(), List.of("a", "a")),
        "Invalid layout: 1 bbox, but 2 in phrases");
  }

  @Test
  void whatIsAtTheLimitsIsTaken() {
    String phrase = "a".repeat(1000);
    GenerationRequest request =
        values(
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
        values("a circle", List.of(), List.of(), List.of()).makeRequest(TOKENIZER);
    GenerationRequest guided =
        values("a circle", List.of(BOX), List.of(), List.of("circle")).makeRequest(TOKENIZER);

    assertThat(plain.tokens().tokens())
        .containsExactly("<|startoftext|>", "a</w>", "circle</w>", "<|endoftext|>");
    assertThat(guided.tokens().ids()).isEqualTo(plain.tokens().ids());
    assertThat(guided.objects().get(0).tokenIndices()).containsExactly(2);
  }

  @Test
  void objectsWithoutAPhraseOfTheirOwnAreCalledWhatTheirTokensSay() {
    List<List<Number>> tokens = List.of(List.of(1), List.of(2), List.of(4, 5));

    assertThat(
            values("a circle and green square", List.of(BOX, BOX, BOX), tokens, List.of())
                .makeRequest(TOKENIZER)
                .objects())
        .extracting(LayoutObject::label)
        .containsExactly("a", "circle", "green square");
    assertThat(
            values(
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
        values("a b", List.of(BOX, BOX), List.of(List.of(1), List.of(2, 1, 2)), List.of()),
        "Invalid token_indices[1]: it has 2 twice");
  }

  @Test
  void remarksOnPhrasesGoOnWithTheRequest() {
    assertThat(
            values("a star and a star", List.of(BOX), List.of(), List.of("star"))
                .makeRequest(TOKENIZER)
                .warnings())
        .containsExactly(
            "phrase 'star' occurs 2 times in the prompt and has 1 box: it is on the first");
    assertThat(
            values("a star", List.of(BOX), List.of(List.of(1)), List.of("star"))
                .makeRequest(TOKENIZER)
                .warnings())
        .containsExactly(
            "token_indices[0] stand for 'a', phrases[0] says 'star'; the tokens are used (is the"
                + " start token counted? The first word has index 1)");
  }

  @Test
  void edgesThatLeaveTheImageByRoundingLieOnItsEdge() {
    GenerationRequest request =
        values("a b", List.of(List.of(-1e-7, 0, 1.0000005, 1.0001)), List.of(List.of(1)), List.of())
            .makeRequest(TOKENIZER);

    assertThat(request.objects().get(0).boxes()).containsExactly(new BoundingBox(0, 0, 1, 1));
    assertThat(findProblem(values("a", List.of(List.of(0, 0, 1, 1.0002)), List.of(), List.of("a"))))
        .hasValueSatisfying(problem -> assertThat(problem).startsWith("Invalid bboxes[0]: "));
    assertThat(findProblem(values("a", List.of(BOX), List.of(), List.of("a")))).isEmpty();
  }

  private static Optional<String> findProblem(PromptValues values) {
    try {
      values.check();
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }
}
