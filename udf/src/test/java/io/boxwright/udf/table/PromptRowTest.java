package io.boxwright.udf.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.clip.PhraseMatch;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.pipelines.GenerationRequest;
import io.boxwright.diffusion.pipelines.ImagePipeline;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromptRowTest {

  private static final List<Number> BOX = List.of(0.1, 0.1, 0.6, 0.6);

  private final List<String> calls = new ArrayList<>();

  /** One that notes what it is asked. */
  private ImagePipeline pipeline() {
    return (ImagePipeline)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ImagePipeline.class},
            (proxy, method, arguments) -> {
              calls.add(method.getName());
              int wanted = ((List<?>) arguments[1]).size();
              Object each =
                  method.getName().equals("findPhrases")
                      ? new PhraseMatch(List.of(1), List.of("found"))
                      : "a text";
              return Collections.nCopies(wanted, each);
            });
  }

  private static PromptRow row(
      String prompt, List<List<Number>> bboxes, List<List<Number>> tokens, List<String> phrases) {
    return new PromptRow("r1", prompt, null, 0, bboxes, tokens, phrases, 0, Map.of());
  }

  private void assertRefusedUnread(PromptRow row, String message) {
    assertThatThrownBy(() -> row.request(pipeline(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertThat(calls).isEmpty();
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

    assertThat(row(cat.repeat(10_000), List.of(), List.of(), List.of()).problem()).isEmpty();
    assertThat(row(cat.repeat(10_001), List.of(), List.of(), List.of()).problem())
        .contains("Invalid prompt: 10001 characters, the limit is 10000");
  }

  @Test
  void whatNeedsNoTokensIsSeenWithoutAModel() {
    List<String> nothing = Collections.singletonList(null);

    assertThat(row(" ", List.of(), List.of(), List.of()).problem())
        .contains("Invalid prompt: it is empty");
    assertThat(row("a", List.of(BOX), List.of(), nothing).problem())
        .contains("Invalid phrases[0]: it is null");
    assertThat(row("a", List.of(BOX), List.of(List.of(1)), nothing).problem()).isEmpty();
    assertThat(row("a", List.of(BOX), List.of(), List.of("a".repeat(1001))).problem())
        .contains("Invalid phrases[0]: 1001 characters, the limit is 1000");
    assertThat(row("a", List.of(BOX), List.of(List.of()), List.of()).problem())
        .contains("Invalid token_indices[0]: it is empty");
    assertThat(row("a", List.of(BOX), List.of(List.of(1, 1)), List.of()).problem())
        .contains("Invalid token_indices[0]: 1 is there twice");
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
    GenerationRequest request =
        row(
                "a".repeat(10_000),
                Collections.nCopies(500, BOX),
                List.of(),
                Collections.nCopies(500, "a".repeat(1000)))
            .request(pipeline(), 0);

    assertThat(request.objects().get(0).boxes()).hasSize(500);
  }

  @Test
  void aPromptIsReadOnceForAllItsPhrasesAndOnceForAllItsLabels() {
    row("a b", Collections.nCopies(9, BOX), List.of(), Collections.nCopies(9, "a"))
        .request(pipeline(), 0);
    assertThat(calls).containsExactly("findPhrases");

    calls.clear();
    GenerationRequest request =
        row("a b", List.of(BOX, BOX), List.of(List.of(1), List.of(2)), List.of())
            .request(pipeline(), 0);
    assertThat(calls).containsExactly("texts");
    assertThat(request.objects()).extracting(object -> object.label()).containsOnly("a text");
  }

  @Test
  void objectsWithoutAPhraseOfTheirOwnAreCalledWhatTheirTokensSay() {
    List<String> phrases = Arrays.asList("a", null, " ");

    GenerationRequest request =
        row("a b c", List.of(BOX, BOX, BOX), List.of(List.of(1), List.of(2), List.of(3)), phrases)
            .request(pipeline(), 0);

    assertThat(request.objects())
        .extracting(object -> object.label())
        .containsExactly("a", "a text", "a text");
  }

  @Test
  void aTokenIsThereOnceInItsList() {
    assertRefusedUnread(
        row("a b", List.of(BOX, BOX), List.of(List.of(1), List.of(2, 1, 2)), List.of()),
        "Invalid token_indices[1]: 2 is there twice");
  }

  @Test
  void whatTheWordsSayGoesOnWithTheRequest() {
    assertThat(
            row("a b", List.of(BOX, BOX), List.of(), List.of("a", "a"))
                .request(pipeline(), 0)
                .warnings())
        .containsExactly("found");
    assertThat(
            row("a b", List.of(BOX), List.of(List.of(1)), List.of("b"))
                .request(pipeline(), 0)
                .warnings())
        .containsExactly("a text");
    assertThat(calls).containsExactly("findPhrases", "contradictions");
  }

  @Test
  void edgesThatLeaveTheImageByRoundingLieOnItsEdge() {
    GenerationRequest request =
        row("a b", List.of(List.of(-1e-7, 0, 1.0000005, 1.0001)), List.of(List.of(1)), List.of())
            .request(pipeline(), 0);

    assertThat(request.objects().get(0).boxes()).containsExactly(new BoundingBox(0, 0, 1, 1));
    assertThat(row("a", List.of(List.of(0, 0, 1, 1.0002)), List.of(), List.of("a")).problem())
        .hasValueSatisfying(problem -> assertThat(problem).startsWith("Invalid bboxes[0]: "));
    assertThat(row("a", List.of(BOX), List.of(), List.of("a")).problem()).isEmpty();
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
