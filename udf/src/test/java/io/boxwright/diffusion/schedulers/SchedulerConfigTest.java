package io.boxwright.diffusion.schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.loading.ModelLoadingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading {@code scheduler_config.json}. */
class SchedulerConfigTest {

  @TempDir Path folder;

  @Test
  void whatTheFileDoesNotSetIsLeftToTheScheduler() throws IOException {
    SchedulerConfig config =
        read(
            """
            {"_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", "unknown": [1],
             "beta_start": 0.00085, "trained_betas": null, "skip_prk_steps": true}""");

    assertThat(config.className()).isEqualTo("PNDMScheduler");
    assertThat(config.number("beta_start", 0.0001)).isEqualTo(0.00085);
    assertThat(config.flag("skip_prk_steps", false)).isTrue();
    assertThat(config.numbers("trained_betas")).isEmpty();
    assertThat(config.oneOf("timestep_spacing", "leading", List.of("leading")))
        .isEqualTo("leading");
    assertThat(config.flag("set_alpha_to_one", true)).isTrue();
    assertThat(config.wholeNumber("steps_offset", 7)).isEqualTo(7);
  }

  @Test
  void minusInfinityIsReadAsPythonWritesIt() throws IOException {
    assertThat(read("{\"lambda_min_clipped\": -Infinity}").number("lambda_min_clipped", 0))
        .isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void whatIsNoObjectIsRefusedByFile() {
    assertThatThrownBy(() -> read("[]"))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("scheduler_config.json")
        .hasMessageContaining("it holds no JSON object");
  }

  @Test
  void stableDiffusionCorrectsOutdatedConfigurations() throws IOException {
    SchedulerConfig outdated =
        read(
            """
            {"_class_name": "DDIMScheduler", "clip_sample": true,
             "lambda_min_clipped": -Infinity, "beta_end": 0.012}""");

    SchedulerConfig config = outdated.forStableDiffusion();

    assertThat(config.wholeNumber("steps_offset", 0)).isEqualTo(1);
    assertThat(config.flag("clip_sample", true)).isFalse();
    assertThat(config.className()).isEqualTo("DDIMScheduler");
    assertThat(config.number("beta_end", 0)).isEqualTo(0.012);
    assertThat(config.number("lambda_min_clipped", 0)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(config.text("timestep_spacing")).isEmpty();
    assertThat(outdated.flag("clip_sample", false)).isTrue();
  }

  @Test
  void anotherClassNameChangesNothingElse() throws IOException {
    SchedulerConfig pndm = read("{\"_class_name\": \"PNDMScheduler\", \"beta_end\": 0.012}");

    SchedulerConfig ddim = pndm.withClassName("DDIMScheduler");

    assertThat(ddim.className()).isEqualTo("DDIMScheduler");
    assertThat(ddim.number("beta_end", 0)).isEqualTo(0.012);
    assertThat(pndm.className()).isEqualTo("PNDMScheduler");
  }

  /** The pictures of both ways are in folder_fixtures.py. */
  @Test
  void aSwapKeepsTheCorrectionsOfWhatTheFileSays() throws IOException {
    SchedulerConfig silent = read("{\"_class_name\": \"PNDMScheduler\"}").forSwap();
    assertThat(silent.wholeNumber("steps_offset", 0)).isZero();
    assertThat(silent.flag("clip_sample", true)).isTrue();

    SchedulerConfig explicit =
        read("{\"_class_name\": \"PNDMScheduler\", \"clip_sample\": true, \"steps_offset\": 0}")
            .forSwap();
    assertThat(explicit.wholeNumber("steps_offset", 0)).isEqualTo(1);
    assertThat(explicit.flag("clip_sample", true)).isFalse();
  }

  private SchedulerConfig read(String json) throws IOException {
    return SchedulerConfig.read(Files.writeString(folder.resolve("scheduler_config.json"), json));
  }
}
