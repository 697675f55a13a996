package io.boxwright.diffusion.clip;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.diffusion.loading.TransformersFiles;
import io.boxwright.text.Printable;
import io.boxwright.torch.LibTorch;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transformers' {@code CLIPModel} with its tokenizer and image processor: images and texts to
 * vectors that can be compared. Threads may share it. Closing frees the weights and the tokenizer.
 */
public final class CLIPModel implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CLIPModel.class);
  private static final String COMPONENT = "CLIPModel";

  private final NDManager manager;
  private final CLIPImageProcessor imageProcessor;
  private final CLIPVisionModelWithProjection visionModel;
  private final CLIPTextEmbedder textEmbedder;

  private CLIPModel(Path folder, NDManager manager, StateDict stateDict) {
    CLIPConfig config = CLIPConfig.read(folder.resolve("config.json"));
    StateDict weights =
        stateDict.without(
            "logit_scale",
            "text_model.embeddings.position_ids",
            "vision_model.embeddings.position_ids");
    this.manager = manager;
    int channels = config.projectionDim();
    this.imageProcessor = CLIPImageProcessor.fromPretrained(folder);
    requireFit(folder, config.visionConfig());
    this.visionModel =
        CLIPVisionModelWithProjection.create(config.visionConfig(), channels, weights);
    this.textEmbedder =
        CLIPTextEmbedder.load(folder, config.textConfig(), weights, channels, manager);
    try {
      weights.finish().ifPresent(LOG::warn);
    } catch (ModelLoadingException e) {
      textEmbedder.close();
      throw e;
    }
  }

  private void requireFit(Path folder, CLIPVisionConfig config) {
    if (imageProcessor.size() != config.imageSize()) {
      throw new ModelLoadingException(
          "Cannot load %s from %s: images are prepared at %d pixels by %s, but image_size of vision_config in config.json is %d"
              .formatted(
                  COMPONENT,
                  folder,
                  imageProcessor.size(),
                  ImageProcessorConfig.FILE,
                  config.imageSize()));
    }
  }

  /**
   * Loads a folder.
   *
   * @param folder {@code config.json}, {@code model.safetensors}, {@code preprocessor_config.json}
   *     and the tokenizer's files
   * @param manager its device is where the weights go; the model owns and closes it
   * @param dataType the type of the weights, {@code FLOAT32} or {@code FLOAT16}
   * @throws ModelLoadingException naming the file and what is wrong with it; the manager is closed
   *     then, too
   */
  public static CLIPModel fromPretrained(Path folder, NDManager manager, DataType dataType) {
    return closeIfItFails(
        manager,
        () ->
            new CLIPModel(
                folder,
                manager,
                StateDict.open(COMPONENT, folder, "model", null, manager, dataType)));
  }

  /**
   * Checks a folder without reading weights.
   *
   * @throws ModelLoadingException if it holds a model of another class, or as {@link
   *     #fromPretrained} does
   */
  public static void check(Path folder) {
    List<String> architectures = TransformersFiles.architectures(folder);
    if (!architectures.contains(COMPONENT)) {
      throw new ModelLoadingException(
          "Cannot load %s from %s: architectures in config.json is %s"
              .formatted(
                  COMPONENT,
                  folder,
                  architectures.isEmpty() ? "missing" : Printable.value(architectures)));
    }
    NDManager manager = LibTorch.newManager(Device.cpu());
    closeIfItFails(
            manager,
            () ->
                new CLIPModel(
                    folder, manager, StateDict.openHeaders(COMPONENT, folder, "model", null)))
        .close();
  }

  /** Makes a model of a folder's configurations with random weights, as {@link #fromPretrained}. */
  public static CLIPModel fromConfig(Path folder, NDManager manager, DataType dataType) {
    return closeIfItFails(
        manager,
        () ->
            new CLIPModel(folder, manager, StateDict.random(COMPONENT, folder, manager, dataType)));
  }

  private static CLIPModel closeIfItFails(NDManager manager, Supplier<CLIPModel> loading) {
    try {
      return loading.get();
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /**
   * Computes the {@code image_embeds} of images of any size, not normalised.
   *
   * @return one vector (D) for each image
   */
  public List<float[]> embedImages(List<BufferedImage> images) {
    return visionModel.embedImages(imageProcessor, images, manager);
  }

  /**
   * Computes the {@code text_embeds}, not normalised. A text that is too long is cut.
   *
   * @return one vector (D) for each text
   */
  public List<float[]> embedTexts(List<String> texts) {
    return textEmbedder.embed(texts);
  }

  @Override
  public void close() {
    textEmbedder.close();
    manager.close();
  }
}
