package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.AutoencoderKL;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.schedulers.SchedulerConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * The parts of a diffusers folder, put together as its family of models has them. Each call loads a
 * part anew. All fail with a {@link io.boxwright.diffusion.loading.ModelLoadingException} that
 * names what is missing, damaged or not supported.
 */
interface PipelineParts {

  /** Where a part's weights come from. */
  interface Source {

    /**
     * Opens a part.
     *
     * @param part such as {@code unet}
     * @param partFolder holds its files
     * @param name of the files
     */
    StateDict open(String part, Path partFolder, String name);
  }

  /** Reads the configurations of a folder's parts. */
  static PipelineParts of(ModelIndex index, Source source) {
    return switch (index.family()) {
      case STABLE_DIFFUSION -> new StableDiffusionParts(index.folder(), source);
    };
  }

  /** What the parts take, with the folder's scheduler. */
  InputChecks inputChecks(SchedulerConfig schedulerConfig);

  /** What predicts the noise, with all of its weights. */
  Denoiser denoiser();

  /** What makes pictures of latents, with all of its weights. */
  AutoencoderKL vae();

  /** What cuts prompts into tokens that the text encoder knows; the caller closes it. */
  CLIPTokenizer tokenizer();

  /** What turns prompts into conditioning, with all weights of the text encoder. */
  PromptEncoder promptEncoder(CLIPTokenizer tokenizer);

  /** What the parts that were made have no use for, a sentence each. */
  List<String> notes();
}
