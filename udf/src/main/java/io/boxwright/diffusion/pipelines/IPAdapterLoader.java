package io.boxwright.diffusion.pipelines;

import io.boxwright.diffusion.clip.CLIPImageProcessor;
import io.boxwright.diffusion.clip.CLIPVisionConfig;
import io.boxwright.diffusion.clip.CLIPVisionModelWithProjection;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.loading.ModelIndex;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.models.Denoiser;
import io.boxwright.diffusion.models.ImagePromptProjection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A loader of IP-Adapters with their image encoders: diffusers' {@code load_ip_adapter}. */
final class IPAdapterLoader {

  private static final String FIRST_KEY = "ip_adapter.1.to_k_ip.weight";

  private final ModelIndex index;
  private final String variant;
  private final PipelineParts.Source source;

  /**
   * Creates a loader.
   *
   * @param index the model's folder
   * @param variant the variant of the image encoder's files; null for the plain ones
   * @param source the source of the weights
   */
  IPAdapterLoader(ModelIndex index, String variant, PipelineParts.Source source) {
    this.index = index;
    this.variant = variant;
    this.source = source;
  }

  /** The length of the image encoder's vectors, which its {@code config.json} has, too. */
  private record Projection(Integer projectionDim) {

    private static final int MOST_CHANNELS = 1 << 16;

    private Projection {
      projectionDim = projectionDim == null ? 512 : projectionDim;
      ConfigValues.requireWithin("projection_dim", projectionDim, 1, MOST_CHANNELS);
    }
  }

  /**
   * Loads an adapter.
   *
   * @param denoiser the denoiser, whose cross-attentions get the adapter's layers
   * @param crossAttentionDim channels of the states that they attend to
   * @param notes takes a sentence about tensors that are left over
   * @throws ModelLoadingException naming the file, tensor or value that is missing or not supported
   */
  IPAdapter load(
      IPAdapterFiles files, Denoiser denoiser, int crossAttentionDim, Consumer<String> notes) {
    Path encoderFolder = findImageEncoder(files);
    Path configFile = encoderFolder.resolve("config.json");
    CLIPVisionConfig config = JsonConfig.read(configFile, CLIPVisionConfig.class);
    int imageEmbedDim = JsonConfig.read(configFile, Projection.class).projectionDim();
    CLIPImageProcessor imageProcessor = findImageProcessor(encoderFolder, config);
    StateDict encoderWeights =
        source
            .open("image_encoder", encoderFolder, "model", variant)
            .without("vision_model.embeddings.position_ids");
    CLIPVisionModelWithProjection encoder =
        CLIPVisionModelWithProjection.create(config, imageEmbedDim, encoderWeights);
    encoderWeights.finish().ifPresent(notes);

    StateDict weights =
        source.open("ip_adapter", files.file().toAbsolutePath().getParent(), files.name(), null);
    requireSupported(files, weights);
    ImagePromptProjection projection =
        ImagePromptProjection.load(
            weights.at("image_proj"), imageEmbedDim, config.hiddenSize(), crossAttentionDim);
    denoiser.loadImageAttention(weights.at("ip_adapter"));
    weights.finish().ifPresent(notes);
    return new IPAdapter(imageProcessor, encoder, projection, weights.dataType());
  }

  private static void requireSupported(IPAdapterFiles files, StateDict weights) {
    boolean ofFaces =
        weights.contains("image_proj.proj.0.weight")
            && !weights.contains("image_proj.proj.3.weight");
    if (ofFaces) {
      throw new ModelLoadingException(
          "Cannot read the IP-Adapter %s: it is a FaceID adapter, which is not supported; plain, Plus and full-face ones are"
              .formatted(files.file()));
    }
    if (!weights.contains(FIRST_KEY)) {
      throw new ModelLoadingException(
          "Cannot read the IP-Adapter %s: it has no key %s".formatted(files.file(), FIRST_KEY));
    }
  }

  private Path findImageEncoder(IPAdapterFiles files) {
    Path encoderFolder = files.imageEncoder().orElse(index.part(ModelIndex.IMAGE_ENCODER));
    if (!Files.isDirectory(encoderFolder)) {
      throw new ModelLoadingException(
          "Cannot load an image encoder from %s: there is no such folder; give --image-encoder FOLDER, the one that the IP-Adapter was trained with"
              .formatted(encoderFolder));
    }
    return encoderFolder;
  }

  /**
   * Finds the preparation of pictures: the model's own feature extractor, otherwise CLIP's for the
   * image encoder's size.
   */
  private CLIPImageProcessor findImageProcessor(Path encoderFolder, CLIPVisionConfig config) {
    Path own = index.part(ModelIndex.FEATURE_EXTRACTOR);
    CLIPImageProcessor imageProcessor =
        index.parts().containsKey(ModelIndex.FEATURE_EXTRACTOR)
            ? CLIPImageProcessor.fromPretrained(own)
            : CLIPImageProcessor.ofSize(config.imageSize());
    if (imageProcessor.size() != config.imageSize()) {
      throw new ModelLoadingException(
          "Cannot load an image encoder from %s: its image_size is %d, but %s prepares images at %d pixels"
              .formatted(encoderFolder, config.imageSize(), own, imageProcessor.size()));
    }
    return imageProcessor;
  }
}
