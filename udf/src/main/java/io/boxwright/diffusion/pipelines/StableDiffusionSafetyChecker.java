package io.boxwright.diffusion.pipelines;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.clip.CLIPImageProcessor;
import io.boxwright.diffusion.clip.CLIPVisionConfig;
import io.boxwright.diffusion.clip.CLIPVisionModelWithProjection;
import io.boxwright.diffusion.clip.CosineSimilarity;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.TorchKernels;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * diffusers' {@code StableDiffusionSafetyChecker} with its image processor: it compares an image
 * with concepts of unsafe content, each with a threshold of its own. Images are resized with
 * Pillow's bicubic filter, as by the image processors of transformers 4. Weights belong to the
 * manager that they were read with; threads may share it.
 */
final class StableDiffusionSafetyChecker {

  private static final int CONCEPTS = 17;
  private static final int SPECIAL_CARE_CONCEPTS = 3;

  /** The amount that a concept of special care adds to the scores of all later concepts. */
  private static final float ADJUSTMENT = 0.01f;

  /** Scores are rounded to three decimal places. */
  private static final float DECIMALS = 1000;

  private final NDManager manager;
  private final CLIPImageProcessor imageProcessor;
  private final CLIPVisionModelWithProjection visionModel;
  private final Concepts special;
  private final Concepts usual;

  /**
   * {@code config.json}: the part of a {@code CLIPConfig} that is needed. A value that the file
   * lacks takes the default of that class.
   */
  private record Config(CLIPVisionConfig visionConfig, Integer projectionDim) {

    private static final int MOST_CHANNELS = 1 << 16;

    private Config {
      visionConfig =
          visionConfig == null ? CLIPVisionConfig.ofType("clip_vision_model") : visionConfig;
      projectionDim = projectionDim == null ? 512 : projectionDim;
      ConfigValues.requireWithin("projection_dim", projectionDim, 1, MOST_CHANNELS);
    }
  }

  /**
   * Some concepts.
   *
   * @param embeds their vectors, K of D numbers one after the other
   * @param thresholds the cosine that an image may have with each, K
   */
  private record Concepts(float[] embeds, float[] thresholds) {

    private static Concepts load(StateDict weights, String name, int count, int channels) {
      return new Concepts(
          toFloats(weights.tensor(name, count, channels)),
          toFloats(weights.tensor(name + "_weights", count)));
    }

    /** Computes the cosines (K) of an image's vector (D) with each concept. */
    private float[] cosines(float[] image) {
      float[] cosines = new float[thresholds.length];
      for (int k = 0; k < cosines.length; k++) {
        float[] concept = Arrays.copyOfRange(embeds, k * image.length, (k + 1) * image.length);
        cosines[k] = (float) CosineSimilarity.of(image, concept);
      }
      return cosines;
    }

    /** Reads the numbers of a tensor; none where only headers are read. */
    private static float[] toFloats(NDArray array) {
      if (array == null) {
        return new float[0];
      }
      try (ArrayScope scope = new ArrayScope()) {
        scope.suppressNotUsedWarning();
        return TorchKernels.toType(array, DataType.FLOAT32).toFloatArray();
      }
    }
  }

  /**
   * The cosines of an image with the concepts.
   *
   * @param special those with the concepts that need special care, 3 of -1..1
   * @param usual those with the other concepts, 17 of -1..1
   */
  record Cosines(float[] special, float[] usual) {}

  private StableDiffusionSafetyChecker(
      NDManager manager,
      CLIPImageProcessor imageProcessor,
      CLIPVisionModelWithProjection visionModel,
      Concepts special,
      Concepts usual) {
    this.manager = manager;
    this.imageProcessor = imageProcessor;
    this.visionModel = visionModel;
    this.special = special;
    this.usual = usual;
  }

  /**
   * Loads a safety checker.
   *
   * @param folder the folder with its {@code config.json}
   * @param featureExtractor the folder with {@code preprocessor_config.json}
   * @param weights its tensors
   * @param manager a manager on the device of the weights, for the images
   * @param notes takes a sentence about tensors that are left over
   * @throws ModelLoadingException naming the file, tensor or value that is missing or not supported
   */
  static StableDiffusionSafetyChecker load(
      Path folder,
      Path featureExtractor,
      StateDict weights,
      NDManager manager,
      Consumer<String> notes) {
    Config config = JsonConfig.read(folder.resolve("config.json"), Config.class);
    CLIPImageProcessor imageProcessor = CLIPImageProcessor.fromPretrained(featureExtractor);
    if (imageProcessor.size() != config.visionConfig().imageSize()) {
      throw new ModelLoadingException(
          "Cannot load safety_checker from %s: %s prepares images at %d pixels, but image_size is %d"
              .formatted(
                  folder,
                  featureExtractor,
                  imageProcessor.size(),
                  config.visionConfig().imageSize()));
    }
    StateDict named =
        weights.without(
            "vision_model.vision_model.embeddings.position_ids",
            "vision_model.embeddings.position_ids");
    int channels = config.projectionDim();
    StableDiffusionSafetyChecker checker =
        new StableDiffusionSafetyChecker(
            manager,
            imageProcessor,
            CLIPVisionModelWithProjection.create(
                config.visionConfig(), channels, named, findVisionModel(named)),
            Concepts.load(named, "special_care_embeds", SPECIAL_CARE_CONCEPTS, channels),
            Concepts.load(named, "concept_embeds", CONCEPTS, channels));
    named.finish().ifPresent(notes);
    return checker;
  }

  /** Finds the vision model, which transformers 4 saves at a path with one more name. */
  private static StateDict findVisionModel(StateDict weights) {
    StateDict outer = weights.at("vision_model");
    StateDict inner = outer.at("vision_model");
    return outer.contains("embeddings.class_embedding") ? outer : inner;
  }

  /**
   * Finds images with unsafe content. The result of an image does not depend on the others.
   *
   * @param images RGB, of any size
   * @return true for each image with unsafe content: {@code has_nsfw_concepts}
   */
  List<Boolean> findUnsafe(List<BufferedImage> images) {
    return compare(images).stream().map(this::isUnsafe).toList();
  }

  /** Compares images with all concepts. */
  List<Cosines> compare(List<BufferedImage> images) {
    return visionModel.embedImages(imageProcessor, images, manager).stream()
        .map(vector -> new Cosines(special.cosines(vector), usual.cosines(vector)))
        .toList();
  }

  private boolean isUnsafe(Cosines cosines) {
    float[] specialThresholds = special.thresholds();
    float adjustment = 0;
    for (int k = 0; k < specialThresholds.length; k++) {
      if (score(cosines.special()[k], specialThresholds[k], adjustment) > 0) {
        adjustment = ADJUSTMENT;
      }
    }
    float[] thresholds = usual.thresholds();
    for (int k = 0; k < thresholds.length; k++) {
      if (score(cosines.usual()[k], thresholds[k], adjustment) > 0) {
        return true;
      }
    }
    return false;
  }

  /** Computes the rounded score of a concept in float32, as numpy does. */
  private static float score(float cosine, float threshold, float adjustment) {
    return (float) Math.rint((cosine - threshold + adjustment) * DECIMALS) / DECIMALS;
  }

  /**
   * Checks a decoded image and makes it black if it is unsafe.
   *
   * @param unsafe the result of {@link #findUnsafe}
   */
  static LatentDecoder.Decoded blacken(LatentDecoder.Decoded decoded, boolean unsafe) {
    BufferedImage image = decoded.image();
    BufferedImage shown =
        unsafe ? new BufferedImage(image.getWidth(), image.getHeight(), image.getType()) : image;
    return new LatentDecoder.Decoded(shown, decoded.finite(), Optional.of(unsafe));
  }
}
