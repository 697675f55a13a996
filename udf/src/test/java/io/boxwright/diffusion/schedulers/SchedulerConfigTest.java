package io.boxwright.diffusion.schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.boxwright.diffusion.loading.ModelLoadingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading {@code scheduler_config.json}. */
class SchedulerConfigTest {

  @TempDir Path folder;

  @Test
  void whatTheFileDoesNotSetStaysUnset() throws IOException {
    SchedulerConfig config =
        read(
            """
            {"_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", "unknown": [1],
             "beta_start": 0.00085, "trained_betas": null, "skip_prk_steps": true}""");

    assertThat(config.className()).isEqualTo("PNDMScheduler");
    assertThat(config.betaStart()).isEqualTo(0.00085);
    assertThat(config.skipPrkSteps()).isTrue();
    assertThat(config.trainedBetas()).isNull();
    assertThat(config.timestepSpacing()).isNull();
    assertThat(config.setAlphaToOne()).isNull();
  }

  @Test
  void minusInfinityIsReadAsPythonWritesIt() throws IOException {
    assertThat(read("{\"lambda_min_clipped\": -Infinity}").lambdaMinClipped())
        .isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void impossibleNumbersAreRefusedByName() {
    assertThatThrownBy(() -> read("{\"beta_end\": 2}"))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining("scheduler_config.json")
        .hasMessageContaining("beta_end is 2.0, it must be between 0 and 1");
    assertThatThrownBy(() -> read("{\"num_train_timesteps\": 0}"))
        .hasMessageContaining("num_train_timesteps is 0");
    assertThatThrownBy(() -> read("{\"steps_offset\": -1}"))
        .hasMessageContaining("steps_offset is -1");
  }

  @Test
  void stableDiffusionCorrectsOutdatedConfigurations() throws IOException {
    SchedulerConfig config =
        read("""
                {"_class_name": "DDIMScheduler", "clip_sample": true,
                 "lambda_min_clipped": -Infinity, "beta_end": 0.012}""")
            .forStableDiffusion();

    assertThat(config.stepsOffset()).isEqualTo(1);
    assertThat(config.clipSample()).isFalse();
    assertThat(config.className()).isEqualTo("DDIMScheduler");
    assertThat(config.betaEnd()).isEqualTo(0.012);
    assertThat(config.lambdaMinClipped()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(config.timestepSpacing()).isNull();
  }

  /** The pictures of both ways are in folder_fixtures.py. */
  @Test
  void aSwapKeepsTheCorrectionsOfWhatTheFileSays() throws IOException {
    SchedulerConfig silent = read("{\"_class_name\": \"PNDMScheduler\"}").forSwap();
    assertThat(silent.stepsOffset()).isNull();
    assertThat(silent.clipSample()).isNull();

    SchedulerConfig explicit =
        read("{\"_class_name\": \"PNDMScheduler\", \"clip_sample\": true, \"steps_offset\": 0}")
            .forSwap();
    assertThat(explicit.stepsOffset()).isEqualTo(1);
    assertThat(explicit.clipSample()).isFalse();
  }

  private SchedulerConfig read(String json) throws IOException {
    return SchedulerConfig.read(Files.writeString(folder.resolve("scheduler_config.json"), json));
  }
}
