package io.boxwright.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.layout.CellRounding;
import io.boxwright.diffusion.loading.ModelLoadingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutGuidanceConfigTest {

  @TempDir private Path folder;

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
  void aModelsOwnFileChangesThePaper() throws Exception {
    write("{\"loss_scale\": 45, \"rounding\": \"half_even\", \"loss_threshold\": null}");

    assertThat(LayoutGuidanceConfig.fromPretrained(folder))
        .isEqualTo(
            LayoutGuidanceConfig.paper().withLossScale(45).withRounding(CellRounding.HALF_EVEN));
  }

  @Test
  void aModelWithoutSuchAFileHasThePaper() {
    assertThat(LayoutGuidanceConfig.fromPretrained(folder)).isEqualTo(LayoutGuidanceConfig.paper());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'loss_scal': 45}           | unknown key loss_scal; keys are loss_scale, loss_threshold",
        "{'loss_scale': 0}           | Invalid guidance: loss_scale is 0.0",
        "{'loss_scale': 'high'}      | loss_scale is \"high\", it must be a number",
        "{'max_guidance_steps': 2.5} | max_guidance_steps is 2.5, it must be a whole number",
        "{'rounding': 'up'}          | rounding is \"up\", it must be truncate or half_even",
        "{'rounding': 1}             | rounding is 1, it must be truncate or half_even",
        "[]                          | it holds no JSON object"
      },
      quoteCharacter = '`')
  void whatIsWrongInItIsRefusedByName(String json, String problem) throws Exception {
    Path file = write(json.replace('\'', '"'));

    assertThatThrownBy(() -> LayoutGuidanceConfig.fromPretrained(folder))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageStartingWith("Cannot read " + file + ": " + problem);
  }

  private Path write(String json) throws Exception {
    return Files.writeString(folder.resolve("layout_guidance.json"), json);
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
