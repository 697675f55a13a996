package io.boxwright.pipelines;

import io.boxwright.loading.ModelLoadingException;
import io.boxwright.models.AutoencoderKLConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Checks of a diffusers folder that need none of its weights: for a driver, before any task. */
public final class PretrainedFolder {

  private static final List<String> PARTS =
      List.of("model_index.json", "scheduler", "text_encoder", "tokenizer", "unet", "vae");

  private PretrainedFolder() {}

  /**
   * Checks that a folder's parts are there and that it can do what is asked.
   *
   * @throws ModelLoadingException naming the part that is missing or not supported
   * @throws IllegalArgumentException naming the option that does not fit the model
   */
  public static void check(Path folder, GenerationOptions options) {
    for (String part : PARTS) {
      if (!Files.exists(folder.resolve(part))) {
        throw new ModelLoadingException(
            "Cannot load %s from %s: it does not exist".formatted(part, folder));
      }
    }
    int factor = AutoencoderKLConfig.read(folder.resolve("vae")).scaleFactor();
    requireMultiple("height", options.height(), factor);
    requireMultiple("width", options.width(), factor);
  }

  private static void requireMultiple(String name, int pixels, int factor) {
    if (pixels % factor != 0) {
      throw new IllegalArgumentException(
          "Invalid option: %s is %d, it must be a multiple of %d".formatted(name, pixels, factor));
    }
  }
}
