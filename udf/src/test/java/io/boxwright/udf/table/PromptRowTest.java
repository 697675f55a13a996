package io.boxwright.udf.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.pipelines.PromptValues;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromptRowTest {

  private static PromptRow row(String id, String prompt, int repetition) {
    return new PromptRow(
        id,
        new PromptValues(prompt, null, 0, List.of(), List.of(), List.of()),
        repetition,
        Map.of());
  }

  @Test
  void anIdThatIsTooLongIsNamedBeforeAnyTextIsRead() {
    PromptRow row = row("i".repeat(5000), "a", 0);

    assertThatThrownBy(() -> row.makeRequest(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid id: 5000 characters, the limit is 4096");
    assertThat(row.findProblem()).contains("Invalid id: 5000 characters, the limit is 4096");
  }

  @Test
  void aProblemOfTheValuesIsOneOfTheRow() {
    assertThat(row("x", " ", 0).findProblem()).contains("Invalid prompt: it is empty");
    assertThat(row("x", "a", 0).findProblem()).isEmpty();
  }

  @Test
  void rowsThatRepeatAnIdHaveNamesOfTheirOwn() {
    PromptRow first = row("x", "a", 0);
    PromptRow second = row("x", "a", 1);

    assertThat(first.name()).isEqualTo("x");
    assertThat(ImagePath.of(second.name(), 0)).isNotEqualTo(ImagePath.of(first.name(), 0));
  }
}
