package io.boxwright.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LayoutGuidanceConfigTest {

  @Test
  void paperStopsAtTheThresholdAndTflcgBelowIt() {
    assertThat(LayoutGuidanceConfig.paper().finished(0.2)).isTrue();
    assertThat(LayoutGuidanceConfig.tflcg().finished(0.2)).isFalse();
    assertThat(LayoutGuidanceConfig.tflcg().finished(0.19)).isTrue();
  }

  @Test
  void presetsDifferInStrength() {
    assertThat(LayoutGuidanceConfig.paper().lossScale()).isEqualTo(30);
    assertThat(LayoutGuidanceConfig.tflcg().lossScale()).isEqualTo(50);
  }

  @Test
  void onlyThePaperTakesSeveralBoxesAnObject() {
    assertThat(LayoutGuidanceConfig.paper().boxesPerObject()).isEqualTo(Integer.MAX_VALUE);
    assertThat(LayoutGuidanceConfig.tflcg().boxesPerObject()).isEqualTo(1);
  }

  @Test
  void impossibleValuesAreRefusedByName() {
    assertThatThrownBy(() -> LayoutGuidanceConfig.paper().withLossScale(0))
        .hasMessage("Invalid guidance: loss_scale is 0.0, it must be greater than 0");
    assertThatThrownBy(() -> LayoutGuidanceConfig.paper().withLossScale(Double.POSITIVE_INFINITY))
        .hasMessageContaining("loss_scale is Infinity");
    assertThatThrownBy(() -> LayoutGuidanceConfig.paper().withMaxIterationsPerStep(0))
        .hasMessageContaining("max_iterations_per_step is 0");
    assertThatThrownBy(() -> LayoutGuidanceConfig.paper().withLossThreshold(Double.NaN))
        .hasMessageContaining("loss_threshold is NaN");
    assertThatThrownBy(() -> LayoutGuidanceConfig.paper().withMaxGuidanceSteps(-1))
        .hasMessageContaining("max_guidance_steps is -1");
  }
}
