package io.boxwright.job.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.guidance.Guidances;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RunSettingsTest {

  private static RunSettings describe(Guidance guidance, Map<String, String> others) {
    Map<String, String> options = new TreeMap<>(others);
    options.put("guidance", guidance.method());
    guidance.options().forEach((name, value) -> options.put(name, value.toString()));
    return RunSettings.of(options);
  }

  private static RunSettings describe(Guidance guidance) {
    return describe(guidance, Map.of());
  }

  @Test
  void guidanceIsNamedByItsPresetAndByWhatDiffers() {
    Guidance paper = Guidances.of("paper");

    assertThat(describe(paper).guidance()).isEqualTo("paper");
    assertThat(describe(Guidances.of("tflcg")).guidance()).isEqualTo("tflcg");
    assertThat(describe(paper.with("loss_scale", 45)).guidance())
        .isEqualTo("paper with loss_scale 45");
    assertThat(describe(paper.with("max_guidance_steps", 0)).guidance()).isEqualTo("none");
  }

  @Test
  void aRunWithoutGuidanceHasNoOptionsOfGuidance() {
    Map<String, String> others = Map.of("guidance_scale", "7.5");

    assertThat(describe(Guidances.of("none"), others).options())
        .containsExactly(Map.entry("guidance_scale", "7.5"));
    assertThat(describe(Guidances.of("paper"), others).options())
        .containsEntry("guidance_scale", "7.5")
        .containsEntry("loss_scale", "30")
        .containsEntry("boxes_per_object", "any");
  }

  @Test
  void valuesAreWordsForReaders() {
    RunSettings settings =
        RunSettings.of(Map.of("height", "0", "width", "512", "pipeline_loader", "io.Loader"));

    assertThat(settings.options())
        .containsExactly(Map.entry("height", "the model's own"), Map.entry("width", "512"));
    assertThat(settings.scheduler()).isEqualTo("the model's own");
    assertThat(RunSettings.of(Map.of("scheduler", "ddim", "num_inference_steps", "20")))
        .extracting(RunSettings::scheduler, RunSettings::steps)
        .containsExactly("ddim", "20");
    assertThat(RunSettings.of(Map.of("timesteps", "[999, 500, 20]")).steps())
        .isEqualTo("3 timesteps");
  }
}
