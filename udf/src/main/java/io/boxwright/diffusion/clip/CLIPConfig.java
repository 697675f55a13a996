package io.boxwright.diffusion.clip;

import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.diffusion.loading.JsonConfig;
import java.nio.file.Path;

/**
 * {@code config.json} of a model with a text and a vision side, transformers' {@code CLIPConfig}. A
 * value that the file lacks takes the default of that class.
 *
 * @param textConfig the text side
 * @param visionConfig the vision side
 * @param projectionDim D, the length of the vectors that are compared
 */
public record CLIPConfig(
    CLIPTextConfig textConfig, CLIPVisionConfig visionConfig, Integer projectionDim) {

  private static final int MOST_CHANNELS = 1 << 16;

  /** Fills in the defaults and refuses what is not supported. */
  public CLIPConfig {
    textConfig = textConfig == null ? CLIPTextConfig.ofType("clip_text_model") : textConfig;
    visionConfig =
        visionConfig == null ? CLIPVisionConfig.ofType("clip_vision_model") : visionConfig;
    projectionDim = projectionDim == null ? 512 : projectionDim;
    ConfigValues.requireWithin("projection_dim", projectionDim, 1, MOST_CHANNELS);
  }

  /** Reads a {@code config.json}. */
  static CLIPConfig read(Path file) {
    return JsonConfig.read(file, CLIPConfig.class);
  }
}
