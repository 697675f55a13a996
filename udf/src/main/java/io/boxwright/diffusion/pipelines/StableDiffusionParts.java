package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.clip.CLIPTextConfig;
import io.boxwright.diffusion.clip.CLIPTextModel;
import io.boxwright.diffusion.clip.CLIPTokenizer;
import io.boxwright.diffusion.loading.LearnedEmbedding;
import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.AutoencoderKL;
import io.boxwright.diffusion.models.AutoencoderKLConfig;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.models.UNet2DConditionConfig;
import io.boxwright.diffusion.models.UNet2DConditionModel;
import io.boxwright.diffusion.schedulers.SchedulerConfig;
import io.boxwright.text.Printable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parts of Stable Diffusion 1.x and 2.x, which are checked to fit one another. */
final class StableDiffusionParts implements PipelineParts {

  private final ModelIndex index;
  private final Path folder;
  private final String variant;
  private final Source source;

  /** The purposes of UNets that read more than latents, by their number of channels. */
  private static final Map<Integer, String> OTHER_UNETS =
      Map.of(
          5, "depth to image",
          7, "upscaling",
          8, "editing by instructions (InstructPix2Pix) or upscaling of latents",
          9, "inpainting");

  private final CLIPTextConfig textConfig;
  private final UNet2DConditionConfig unetConfig;
  private final AutoencoderKLConfig vaeConfig;
  private final List<String> notes = new ArrayList<>();

  /**
   * Reads the configurations of a folder.
   *
   * @param variant the variant of the weight files, such as {@code fp16}; null for the plain ones
   * @throws ModelLoadingException naming the values that are not supported or do not fit together
   */
  StableDiffusionParts(ModelIndex index, String variant, Source source) {
    this.index = index;
    this.variant = variant;
    this.folder = index.folder();
    this.source = source;
    this.textConfig = CLIPTextConfig.read(folder.resolve("text_encoder").resolve("config.json"));
    this.unetConfig = UNet2DConditionConfig.read(folder.resolve("unet"));
    this.vaeConfig = AutoencoderKLConfig.read(folder.resolve("vae"));
    requireFit();
  }

  private void requireFit() {
    requireLatentsOnly();
    for (int dim : unetConfig.crossAttentionDim()) {
      requireEqual(
          "cross_attention_dim of unet",
          dim,
          "hidden_size of text_encoder",
          textConfig.hiddenSize());
    }
    requireEqual(
        "in_channels of unet",
        unetConfig.inChannels(),
        "latent_channels of vae",
        vaeConfig.latentChannels());
    requireEqual(
        "out_channels of unet",
        unetConfig.outChannels(),
        "latent_channels of vae",
        vaeConfig.latentChannels());
  }

  /** Refuses UNets that read pictures besides the latents, by what they are for. */
  private void requireLatentsOnly() {
    String purpose = OTHER_UNETS.get(unetConfig.inChannels());
    if (purpose != null && unetConfig.inChannels() != vaeConfig.latentChannels()) {
      throw new ModelLoadingException(
          "Cannot load a pipeline from %s: in_channels of unet is %d, as in models for %s, which are not supported; use one whose UNet reads the latents alone, in_channels %d"
              .formatted(folder, unetConfig.inChannels(), purpose, vaeConfig.latentChannels()));
    }
  }

  private void requireEqual(String name, int value, String otherName, int otherValue) {
    if (value != otherValue) {
      throw new ModelLoadingException(
          "Cannot load a pipeline from %s: %s is %d, but %s is %d"
              .formatted(folder, name, value, otherName, otherValue));
    }
  }

  @Override
  public InputChecks makeInputChecks(SchedulerConfig schedulerConfig) {
    return new InputChecks(unetConfig, vaeConfig, schedulerConfig, textConfig.numHiddenLayers());
  }

  @Override
  public CLIPTokenizer loadTokenizer(List<LearnedEmbedding> learned) {
    CLIPTokenizer tokenizer = CLIPTokenizer.fromPretrained(folder.resolve("tokenizer"), learned);
    if (tokenizer.largestId() >= textConfig.vocabSize()) {
      tokenizer.close();
      throw new ModelLoadingException(
          "Cannot load a pipeline from %s: vocab_size of text_encoder is %d, but the tokenizer has a"
                  .formatted(folder, textConfig.vocabSize())
              + " token of id "
              + tokenizer.largestId());
    }
    if (tokenizer.modelMaxLength() > textConfig.maxPositionEmbeddings()) {
      tokenizer.close();
      throw new ModelLoadingException(
          "Cannot load a pipeline from %s: model_max_length of tokenizer is %d, but max_position_embeddings of text_encoder is %d"
              .formatted(folder, tokenizer.modelMaxLength(), textConfig.maxPositionEmbeddings()));
    }
    return tokenizer;
  }

  @Override
  public PromptEncoder loadPromptEncoder(
      CLIPTokenizer tokenizer, List<LearnedEmbedding> learned, Optional<IPAdapter> ipAdapter) {
    CLIPTextModel textEncoder =
        CLIPTextModel.load(textConfig, open("text_encoder", "model"), notes::add)
            .withTokens(tokenizer.largestId() + 1, learned);
    return new PromptEncoder(tokenizer, textEncoder, ipAdapter);
  }

  @Override
  public Optional<IPAdapter> loadIPAdapter(Optional<IPAdapterFiles> files, Denoiser denoiser) {
    if (files.isEmpty()) {
      noteUnused(ModelIndex.IMAGE_ENCODER, "it only serves IP-Adapters: give --ip-adapter FILE");
    }
    IPAdapterLoader loader = new IPAdapterLoader(index, variant, source);
    int channels = unetConfig.crossAttentionDim().get(0);
    return files.map(adapter -> loader.load(adapter, denoiser, channels, notes::add));
  }

  /** Notes that an optional part is not applied, if the folder has it. */
  private void noteUnused(String part, String reason) {
    Optional.ofNullable(index.parts().get(part))
        .map(name -> "%s (%s) is not applied: %s".formatted(part, Printable.value(name), reason))
        .ifPresent(notes::add);
  }

  @Override
  public Denoiser loadDenoiser() {
    StateDict weights = open("unet", "diffusion_pytorch_model");
    UNet2DConditionModel unet = new UNet2DConditionModel(unetConfig, weights);
    weights.finish().ifPresent(notes::add);
    return unet;
  }

  @Override
  public AutoencoderKL loadVae() {
    StateDict weights = open("vae", "diffusion_pytorch_model").convertDeprecatedAttentionBlocks();
    AutoencoderKL vae = new AutoencoderKL(vaeConfig, weights);
    weights.finish().ifPresent(notes::add);
    return vae;
  }

  @Override
  public Optional<StableDiffusionSafetyChecker> loadSafetyChecker(
      NDManager manager, PretrainedOptions.SafetyCheck choice) {
    if (choice == PretrainedOptions.SafetyCheck.NONE) {
      noteUnused(ModelIndex.SAFETY_CHECKER, "images are not checked for unsafe content");
    }
    if (choice == PretrainedOptions.SafetyCheck.NONE
        || !index.parts().containsKey(ModelIndex.SAFETY_CHECKER)) {
      return Optional.empty();
    }
    try {
      return Optional.of(loadSafetyChecker(manager));
    } catch (ModelLoadingException e) {
      throw new ModelLoadingException(e.getMessage() + "; or do without: --no-safety-checker", e);
    }
  }

  private StableDiffusionSafetyChecker loadSafetyChecker(NDManager manager) {
    Path checker = index.requireOptionalPart(ModelIndex.SAFETY_CHECKER);
    Path featureExtractor = index.requireOptionalPart(ModelIndex.FEATURE_EXTRACTOR);
    return StableDiffusionSafetyChecker.load(
        checker, featureExtractor, open(ModelIndex.SAFETY_CHECKER, "model"), manager, notes::add);
  }

  @Override
  public List<String> notes() {
    return List.copyOf(notes);
  }

  private StateDict open(String part, String name) {
    return source.open(part, folder.resolve(part), name, variant);
  }
}
