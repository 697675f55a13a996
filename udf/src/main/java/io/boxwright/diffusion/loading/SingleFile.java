package io.boxwright.diffusion.loading;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A reader of an original checkpoint of Stable Diffusion 1.x or 2.x: one safetensors file with all
 * components.
 */
final class SingleFile {

  /** The name of the UNet's first convolution, (channels, latent channels, 3, 3). */
  private static final String CONV_IN = "model.diffusion_model.input_blocks.0.0.weight";

  private static final int INPAINTING_CHANNELS = 9;

  private SingleFile() {}

  /**
   * Reads the tensors of one component, under the names of diffusers.
   *
   * @param component {@code unet}, {@code vae} or {@code text_encoder}
   * @throws ModelLoadingException if the file is damaged, of another family, or has no such
   *     component
   */
  static Map<String, SafeTensor> read(String component, Path file) {
    Map<String, SafeTensor> all = SafeTensors.read(file);
    requireStableDiffusion(file, all);
    Map<String, SafeTensor> tensors = OriginalNames.translate(component, all);
    if (tensors.isEmpty()) {
      throw failure(file, "it holds no weights of the " + component);
    }
    return tensors;
  }

  private static void requireStableDiffusion(Path file, Map<String, SafeTensor> all) {
    refuse(file, all, name -> name.startsWith("conditioner."), "it is of Stable Diffusion XL");
    refuse(file, all, name -> name.contains("joint_blocks."), "it is of Stable Diffusion 3");
    refuse(file, all, name -> name.contains("double_blocks."), "it is of Flux");
    refuse(file, all, name -> name.startsWith("control_model."), "it is a ControlNet");
    if (all.keySet().stream().anyMatch(SingleFile::isLora)) {
      throw failure(file, "it is a LoRA: give it to --lora");
    }
    SafeTensor convIn = all.get(CONV_IN);
    if (convIn == null) {
      throw failure(file, "it is no checkpoint of Stable Diffusion, there is no " + CONV_IN);
    }
    if (convIn.shape().length == 4 && convIn.shape()[1] == INPAINTING_CHANNELS) {
      throw failure(file, "it is an inpainting model, whose UNet has 9 input channels");
    }
  }

  private static boolean isLora(String name) {
    return name.contains("lora_down.") || name.contains("lora_A.") || name.contains("lora.down.");
  }

  private static void refuse(
      Path file, Map<String, SafeTensor> all, Predicate<String> sign, String problem) {
    if (all.keySet().stream().anyMatch(sign)) {
      throw failure(file, problem + "; use a checkpoint of Stable Diffusion 1.x or 2.x");
    }
  }

  private static ModelLoadingException failure(Path file, String problem) {
    return new ModelLoadingException("Cannot load a model from %s: %s".formatted(file, problem));
  }
}
