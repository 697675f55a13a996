package io.boxwright.diffusion.scores;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScoreGroupTest {

  private static ScoreGroup group(List<ScoreLabel> compared, Optional<ScoreLabel> caption) {
    return group(List.of(), compared, caption);
  }

  private static ScoreGroup group(
      List<ScoreLabel> structs, List<ScoreLabel> compared, Optional<ScoreLabel> caption) {
    return new ScoreGroup(
        "brightness",
        "Brightness",
        List.of("mean", "dark.mean"),
        structs,
        List.of(),
        List.of(),
        compared,
        caption);
  }

  @Test
  void onlyNumbersOfTheImageHaveLabels() {
    ScoreLabel mean = new ScoreLabel("mean", "how bright");
    ScoreLabel unknown = new ScoreLabel("median", "how bright");

    group(List.of(new ScoreLabel("dark", "dark pixels")), List.of(mean), Optional.of(mean));
    assertThatThrownBy(() -> group(List.of(mean), List.of(), Optional.empty()))
        .hasMessageContaining("mean is not one of");
    assertThatThrownBy(() -> group(List.of(mean, unknown), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid label of scores brightness: median is not one of [mean, dark.mean]");
    assertThatThrownBy(() -> group(List.of(), Optional.of(unknown))).hasMessageContaining("median");
  }
}
