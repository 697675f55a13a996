package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.loading.LearnedEmbedding;
import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.AutoencoderKL;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.schedulers.SchedulerConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The parts of a diffusers folder, as its family of models defines them. Each call loads a part
 * anew. All calls fail with a {@link io.boxwright.diffusion.loading.ModelLoadingException} that
 * names what is missing, damaged or not supported.
 */
interface PipelineParts {

  /** The source of the parts' weights. */
  interface Source {

    /**
     * Opens the weights of a part.
     *
     * @param part the name of the part, such as {@code unet}
     * @param partFolder the folder with its files
     * @param name the name of the files, without extension
     * @param variant the variant of the files, such as {@code fp16}; null for the plain ones
     */
    StateDict open(String part, Path partFolder, String name, String variant);
  }

  /**
   * Reads the configurations of a folder's parts.
   *
   * @param variant the variant of the weight files, such as {@code fp16}; null for the plain ones
   */
  static PipelineParts of(ModelIndex index, String variant, Source source) {
    return switch (index.family()) {
      case STABLE_DIFFUSION -> new StableDiffusionParts(index, variant, source);
    };
  }

  /** Makes the checks of inputs to the parts, with the folder's scheduler. */
  InputChecks makeInputChecks(SchedulerConfig schedulerConfig);

  /** Loads the denoiser, which predicts the noise, with all of its weights. */
  Denoiser loadDenoiser();

  /** Loads the VAE, which turns latents into pictures, with all of its weights. */
  AutoencoderKL loadVae();

  /**
   * Loads the tokenizer and checks that the text encoder knows its tokens; the caller closes it.
   *
   * @param learned the textual inversions, whose tokens are added
   */
  CLIPTokenizer loadTokenizer(List<LearnedEmbedding> learned);

  /**
   * Loads an IP-Adapter with its image encoder.
   *
   * @param files the adapter's files; empty for none
   * @param denoiser the denoiser, whose cross-attentions get the adapter's layers
   * @return empty without files
   */
  Optional<IPAdapter> loadIPAdapter(Optional<IPAdapterFiles> files, Denoiser denoiser);

  /**
   * Loads the prompt encoder, with all weights of the text encoder.
   *
   * @param tokenizer the loaded tokenizer
   * @param learned its textual inversions
   * @param ipAdapter the encoder of the rows' images, if there is one
   */
  PromptEncoder loadPromptEncoder(
      CLIPTokenizer tokenizer, List<LearnedEmbedding> learned, Optional<IPAdapter> ipAdapter);

  /**
   * Loads the safety checker, with all of its weights.
   *
   * @param manager a manager on the device of the weights, for the images
   * @return empty if the folder has none, or none is wanted
   */
  Optional<StableDiffusionSafetyChecker> loadSafetyChecker(
      NDManager manager, PretrainedOptions.SafetyCheck choice);

  /** Returns a sentence for each thing that the parts loaded so far do not use. */
  List<String> notes();
}
