package io.boxwright.pipelines;

import ai.djl.ndarray.NDManager;
import io.boxwright.clip.CLIPTextModel;
import io.boxwright.loading.StateDict;
import io.boxwright.models.AutoencoderKL;
import io.boxwright.models.AutoencoderKLConfig;
import io.boxwright.models.UNet2DConditionConfig;
import io.boxwright.models.UNet2DConditionModel;
import java.nio.file.Path;

/** Loads the networks of a diffusers folder, each with all of its weights. */
final class PretrainedWeights {

  private final Path folder;
  private final PretrainedOptions options;
  private final NDManager manager;

  PretrainedWeights(Path folder, PretrainedOptions options, NDManager manager) {
    this.folder = folder;
    this.options = options;
    this.manager = manager;
  }

  UNet2DConditionModel unet() {
    StateDict weights = open("unet", "diffusion_pytorch_model");
    UNet2DConditionModel unet =
        new UNet2DConditionModel(UNet2DConditionConfig.read(folder.resolve("unet")), weights);
    weights.finish();
    return unet;
  }

  AutoencoderKL vae() {
    StateDict weights = open("vae", "diffusion_pytorch_model").convertDeprecatedAttentionBlocks();
    AutoencoderKL vae = new AutoencoderKL(AutoencoderKLConfig.read(folder.resolve("vae")), weights);
    weights.finish();
    return vae;
  }

  CLIPTextModel textEncoder() {
    return CLIPTextModel.fromPretrained(
        folder.resolve("text_encoder"), options.variant(), manager, options.dataType());
  }

  private StateDict open(String component, String name) {
    return StateDict.open(
        component, folder.resolve(component), name, options.variant(), manager, options.dataType());
  }
}
