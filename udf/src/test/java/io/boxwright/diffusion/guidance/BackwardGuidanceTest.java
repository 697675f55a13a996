package io.boxwright.diffusion.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.loading.ModelLoadingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackwardGuidanceTest {

  @TempDir private Path folder;

  @Test
  void paperStopsAtTheThresholdAndTflcgBelowIt() {
    assertThat(BackwardGuidance.paper().plan().isFinished(0.2)).isTrue();
    assertThat(BackwardGuidance.tflcg().plan().isFinished(0.2)).isFalse();
    assertThat(BackwardGuidance.tflcg().plan().isFinished(0.19)).isTrue();
  }

  @Test
  void presetsDifferInStrength() {
    assertThat(BackwardGuidance.paper().lossScale()).isEqualTo(30);
    assertThat(BackwardGuidance.tflcg().lossScale()).isEqualTo(50);
  }

  @Test
  void onlyThePaperTakesSeveralBoxesAnObject() {
    assertThat(BackwardGuidance.paper().boxesPerObject()).isEqualTo(Integer.MAX_VALUE);
    assertThat(BackwardGuidance.tflcg().boxesPerObject()).isEqualTo(1);
  }

  @Test
  void aModelsOwnFileChangesThePaper() throws Exception {
    write("{\"loss_scale\": 45, \"rounding\": \"half_even\", \"loss_threshold\": null}");

    assertThat(Guidances.fromPretrained(folder))
        .isEqualTo(BackwardGuidance.paper().with("loss_scale", 45).with("rounding", "half_even"));
  }

  @Test
  void aModelWithoutSuchAFileHasThePaper() {
    assertThat(Guidances.fromPretrained(folder)).isEqualTo(BackwardGuidance.paper());
  }

  @Test
  void aModelsOwnFileNamesAMethod() throws Exception {
    write("{\"method\": \"tflcg\", \"loss_scale\": 45}");

    assertThat(Guidances.fromPretrained(folder))
        .isEqualTo(BackwardGuidance.tflcg().with("loss_scale", 45));
  }

  @Test
  void optionsAreTheComponentsByName() {
    assertThat(BackwardGuidance.paper().options())
        .containsEntry("loss_scale", 30.0)
        .containsEntry("rounding", "TRUNCATE")
        .hasSize(9);
    assertThat(BackwardGuidance.none().options()).containsEntry("max_guidance_steps", 0);
  }

  @Test
  void guidanceIsFoundByItsName() {
    assertThat(Guidances.names()).startsWith("paper").contains("tflcg", "none");
    assertThat(Guidances.of("tflcg")).isEqualTo(BackwardGuidance.tflcg());
    assertThatThrownBy(() -> Guidances.of("papre"))
        .hasMessage("Unknown guidance papre; there are paper, tflcg, none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'loss_scal': 45}           | unknown option loss_scal; options are loss_scale, loss_threshold",
        "{'loss_scale': 0}           | Invalid guidance: loss_scale is 0.0",
        "{'loss_scale': 'high'}      | loss_scale is \"high\", it must be a number",
        "{'max_guidance_steps': 2.5} | max_guidance_steps is 2.5, it must be a whole number",
        "{'rounding': 'up'}          | rounding is \"up\", it must be truncate or half_even",
        "{'method': 'papre'}         | Unknown guidance papre; there are paper",
        "{'method': ' paper'}        | Unknown guidance ' paper'; there are paper",
        "{'method': {'name': 'x'}}   | method is {name=x}, it must be one of paper, tflcg, none",
        "{'method': 'none', 'loss_scale': 4} | method none has no options, but there is loss_scale",
        "{'loss_scale': ' '}         | loss_scale is \" \", it must be a number",
        "{'max_guidance_steps': ' '} | max_guidance_steps is \" \", it must be a whole number",
        "{'rounding': 1}             | rounding is 1, it must be truncate or half_even",
        "[]                          | it holds no JSON object"
      },
      quoteCharacter = '`')
  void whatIsWrongInItIsRefusedByName(String json, String problem) throws Exception {
    Path file = write(json.replace('\'', '"'));

    assertThatThrownBy(() -> Guidances.fromPretrained(folder))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageStartingWith("Cannot read " + file + ": " + problem);
  }

  private Path write(String json) throws Exception {
    return Files.writeString(folder.resolve("layout_guidance.json"), json);
  }

  @Test
  void impossibleValuesAreRefusedByName() {
    assertThatThrownBy(() -> BackwardGuidance.paper().with("loss_scale", 0))
        .hasMessage("Invalid guidance: loss_scale is 0.0, it must be greater than 0");
    assertThatThrownBy(() -> BackwardGuidance.paper().with("loss_scale", Double.POSITIVE_INFINITY))
        .hasMessageContaining("loss_scale is Infinity");
    assertThatThrownBy(() -> BackwardGuidance.paper().with("max_iterations_per_step", 0))
        .hasMessageContaining("max_iterations_per_step is 0");
    assertThatThrownBy(() -> BackwardGuidance.paper().with("loss_threshold", Double.NaN))
        .hasMessageContaining("loss_threshold is NaN");
    assertThatThrownBy(() -> BackwardGuidance.paper().with("max_guidance_steps", -1))
        .hasMessageContaining("max_guidance_steps is -1");
  }
}
