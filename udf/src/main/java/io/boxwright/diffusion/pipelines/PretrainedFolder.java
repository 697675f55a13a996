package io.boxwright.diffusion.pipelines;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.diffusion.loading.LearnedEmbedding;
import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.UNet2DConditionConfig;
import io.boxwright.diffusion.schedulers.SchedulerConfig;
import io.boxwright.text.Printable;
import io.boxwright.torch.LibTorch;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks of a diffusers folder that load no weights. A driver makes them before any task. */
public final class PretrainedFolder {

  private PretrainedFolder() {}

  /**
   * Checks a folder without LoRAs like {@link #check(Path, GenerationOptions, PretrainedOptions)}.
   */
  public static List<String> check(Path folder, String variant, GenerationOptions options) {
    return check(folder, options, new PretrainedOptions(Device.cpu(), DataType.FLOAT32, variant));
  }

  /**
   * Checks that all parts of a folder are present, supported and intact, down to the names and
   * shapes of their tensors, and that the options fit them.
   *
   * @param folder the folder with {@code model_index.json}
   * @param options the options of the images
   * @param loading the options for loading it; device and type of the weights do not matter
   * @return one sentence for each part of the folder that is not applied
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the part, file or tensor
   *     that is missing, damaged or not supported
   * @throws IllegalArgumentException naming the option that does not fit the model
   */
  public static List<String> check(
      Path folder, GenerationOptions options, PretrainedOptions loading) {
    ModelIndex index = ModelIndex.open(folder);
    String variant = loading.variant();
    if (variant != null) {
      index.requireVariant(variant);
    }
    PipelineParts parts =
        PipelineParts.of(
            index,
            variant,
            (part, partFolder, name, own) ->
                StateDict.openHeaders(part, partFolder, name, own).fuse(loading.loras()));
    checkOptions(index, parts, options);
    List<LearnedEmbedding> learned = loading.readTextualInversions();
    try (CLIPTokenizer tokenizer = parts.loadTokenizer(learned)) {
      parts.loadPromptEncoder(tokenizer, learned, Optional.empty());
    }
    parts.loadIPAdapter(loading.ipAdapter(), parts.loadDenoiser());
    parts.loadVae();
    try (NDManager manager = LibTorch.newManager(Device.cpu())) {
      parts.loadSafetyChecker(manager, loading.safetyCheck());
    }
    return Stream.concat(index.notes().stream(), parts.notes().stream()).toList();
  }

  /**
   * Checks that a guidance works with a folder's model.
   *
   * @param folder the folder with {@code model_index.json}
   * @param guidance the guidance of rows with boxes
   * @throws IllegalArgumentException saying what the guidance needs
   */
  public static void checkGuidance(Path folder, Guidance guidance) {
    Path unet = ModelIndex.open(folder).part("unet");
    guidance.checkModel(UNet2DConditionConfig.read(unet).attentionHeadDim());
  }

  private static void checkOptions(
      ModelIndex index, PipelineParts parts, GenerationOptions options) {
    InputChecks checks = parts.makeInputChecks(readSchedulerConfig(index));
    checks.checkSize(options);
    try {
      checks.checkScheduler(options);
    } catch (IllegalArgumentException e) { // caused by the options or by the file
      throw new IllegalArgumentException(
          Printable.line("%s; see %s".formatted(e.getMessage(), schedulerFile(index))), e);
    }
  }

  /**
   * Reads the folder's {@code scheduler_config.json}, for the class that {@code model_index.json}
   * names. diffusers takes the class from there, too.
   */
  static SchedulerConfig readSchedulerConfig(ModelIndex index) {
    return SchedulerConfig.read(schedulerFile(index)).withClassName(index.parts().get("scheduler"));
  }

  private static Path schedulerFile(ModelIndex index) {
    return index.part("scheduler").resolve("scheduler_config.json");
  }
}
