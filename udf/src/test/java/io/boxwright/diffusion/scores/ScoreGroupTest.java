package io.boxwright.diffusion.scores;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScoreGroupTest {

  private static ScoreGroup group(List<ScoreLabel> compared, Optional<ScoreLabel> caption) {
    return new ScoreGroup(
        "brightness", "Brightness", List.of("mean"), List.of(), List.of(), compared, caption);
  }

  @Test
  void onlyNumbersOfTheImageHaveLabels() {
    ScoreLabel mean = new ScoreLabel("mean", "how bright");
    ScoreLabel unknown = new ScoreLabel("median", "how bright");

    group(List.of(mean), Optional.of(mean));
    assertThatThrownBy(() -> group(List.of(mean, unknown), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid label of scores brightness: median is not one of [mean]");
    assertThatThrownBy(() -> group(List.of(), Optional.of(unknown))).hasMessageContaining("median");
  }
}
