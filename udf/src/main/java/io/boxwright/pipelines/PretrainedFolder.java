package io.boxwright.pipelines;

import io.boxwright.clip.CLIPTextConfig;
import io.boxwright.clip.CLIPTokenizer;
import io.boxwright.loading.ModelIndex;
import io.boxwright.loading.StateDict;
import io.boxwright.models.AutoencoderKLConfig;
import io.boxwright.models.UNet2DConditionConfig;
import io.boxwright.schedulers.SchedulerConfig;
import io.boxwright.schedulers.Schedulers;
import java.nio.file.Path;
import java.util.List;

/** Checks of a diffusers folder that load no weights: for a driver, before any task. */
public final class PretrainedFolder {

  private PretrainedFolder() {}

  /**
   * Checks that all parts of a folder are there and supported, and that they can do what is asked.
   *
   * @param folder holds {@code model_index.json}
   * @param variant which weight files, such as {@code fp16}; null for the plain ones
   * @param scheduler class name of the scheduler; null for the folder's own
   * @param options of the images
   * @return one sentence for each part that the folder has and that is not applied
   * @throws io.boxwright.loading.ModelLoadingException naming the part that is missing, damaged or
   *     not supported
   * @throws IllegalArgumentException naming the option that does not fit the model, or the
   *     scheduler
   */
  public static List<String> check(
      Path folder, String variant, String scheduler, GenerationOptions options) {
    ModelIndex index = ModelIndex.open(folder);
    checkNetworks(index, variant);
    CLIPTokenizer.fromPretrained(index.part("tokenizer")).close();
    checkScheduler(index, scheduler, options);
    options.requireSizeMultipleOf(AutoencoderKLConfig.read(index.part("vae")).scaleFactor());
    return index.notes();
  }

  private static void checkNetworks(ModelIndex index, String variant) {
    if (variant != null) {
      index.requireVariant(variant);
    }
    CLIPTextConfig.read(index.part("text_encoder").resolve("config.json"));
    StateDict.requireFiles("text_encoder", index.part("text_encoder"), "model", variant);
    UNet2DConditionConfig.read(index.part("unet"));
    for (String part : new String[] {"unet", "vae"}) {
      StateDict.requireFiles(part, index.part(part), "diffusion_pytorch_model", variant);
    }
  }

  private static void checkScheduler(
      ModelIndex index, String scheduler, GenerationOptions options) {
    SchedulerConfig config =
        SchedulerConfig.read(index.part("scheduler").resolve("scheduler_config.json"));
    String className = scheduler == null ? config.className() : scheduler;
    Schedulers.create(className, config, options.eta()).close();
  }
}
