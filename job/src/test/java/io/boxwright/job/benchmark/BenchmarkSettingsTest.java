package io.boxwright.job.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.pipelines.GenerationOptions;
import io.boxwright.udf.generate.BatchSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchmarkSettingsTest {

  private static BenchmarkSettings settings(int... numbers) {
    return new BenchmarkSettings(
        GenerationOptions.defaults(),
        BatchSize.AUTO,
        numbers[0],
        numbers[1],
        numbers[2],
        numbers[3]);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 1, 1, 1, max-guidance-steps is -1",
    "1, 0, 1, 1, max-iterations-per-step is 0",
    "1, 1, -1, 1, warmups is -1",
    "1, 1, 1, 0, repetitions is 0"
  })
  void impossibleNumbersAreRefusedByName(
      int steps, int iterations, int warmups, int repetitions, String message) {
    assertThatThrownBy(() -> settings(steps, iterations, warmups, repetitions))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void noLossEndsTheGuidance() {
    assertThat(settings(10, 5, 0, 1).guidance().options()).containsEntry("loss_threshold", 0.0);
  }

  @Test
  void noMoreStepsAreGuidedThanThereAre() {
    assertThat(settings(10, 5, 0, 1).guidedPasses(50)).isEqualTo(50);
    assertThat(settings(10, 5, 0, 1).guidedPasses(3)).isEqualTo(15);
  }
}
