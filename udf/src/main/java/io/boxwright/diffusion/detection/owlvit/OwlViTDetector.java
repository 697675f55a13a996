package io.boxwright.diffusion.detection.owlvit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.clip.CLIPTextEmbedder;
import io.boxwright.diffusion.clip.ImageProcessor;
import io.boxwright.diffusion.clip.ImageProcessorConfig;
import io.boxwright.diffusion.clip.PixelBatch;
import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.detection.DetectorOptions;
import io.boxwright.diffusion.detection.LabelMode;
import io.boxwright.diffusion.detection.ObjectDetector;
import io.boxwright.diffusion.detection.PredictedBox;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.torch.ArrayScope;
import io.boxwright.torch.GradMode;
import io.boxwright.torch.LibTorch;
import java.awt.image.BufferedImage;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The detectors OWL-ViT and OWLv2, from a folder that transformers saved. It looks at an image
 * once, whatever the number of labels. A box may leave the image; boxes that lie outside it
 * altogether are left out.
 */
public final class OwlViTDetector implements ObjectDetector {

  private static final Logger LOG = LoggerFactory.getLogger(OwlViTDetector.class);

  private final OwlViTVersion version;
  private final NDManager manager;
  private final DataType dataType;
  private final ImageProcessor imageProcessor;
  private final CLIPTextEmbedder textEmbedder;
  private final OwlViTForObjectDetection model;
  private final double threshold;
  private final LabelMode labelMode;

  private OwlViTDetector(
      OwlViTVersion version,
      Path folder,
      NDManager manager,
      StateDict stateDict,
      double threshold,
      LabelMode labelMode) {
    String prefix = version.toString();
    OwlViTConfig config = OwlViTConfig.read(folder.resolve("config.json"));
    this.version = version;
    this.manager = manager;
    this.threshold = threshold;
    this.labelMode = labelMode;
    StateDict weights =
        stateDict.without(
            "box_bias",
            prefix + ".logit_scale",
            prefix + ".text_model.embeddings.position_ids",
            prefix + ".vision_model.embeddings.position_ids");
    this.dataType = weights.dataType();
    this.imageProcessor = readImageProcessor(version, folder);
    requireFit(folder, config);
    StateDict both = weights.at(prefix);
    this.model = new OwlViTForObjectDetection(config, weights, both, manager);
    this.textEmbedder =
        CLIPTextEmbedder.load(folder, config.textConfig(), both, config.projectionDim(), manager);
    try {
      weights.finish().ifPresent(LOG::warn);
    } catch (ModelLoadingException e) {
      textEmbedder.close();
      throw e;
    }
  }

  private static ImageProcessor readImageProcessor(OwlViTVersion version, Path folder) {
    ImageProcessorConfig config = ImageProcessorConfig.read(folder);
    try {
      return version.imageProcessor(config);
    } catch (IllegalArgumentException e) {
      throw new ModelLoadingException(
          "Cannot read the image processor in %s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private void requireFit(Path folder, OwlViTConfig config) {
    int imageSize = config.visionConfig().imageSize();
    if (imageProcessor.size() != imageSize) {
      throw new ModelLoadingException(
          "Cannot load %s from %s: size in %s is %d, but image_size of vision_config in config.json is %d"
              .formatted(
                  version.architecture(),
                  folder,
                  ImageProcessorConfig.FILE,
                  imageProcessor.size(),
                  imageSize));
    }
  }

  /**
   * Loads a detector.
   *
   * @return a detector that the caller closes, which frees its weights
   * @throws IllegalArgumentException if there is no folder
   * @throws ModelLoadingException naming the file and what is wrong with it
   */
  static OwlViTDetector fromPretrained(OwlViTVersion version, DetectorOptions options) {
    Path folder =
        options
            .modelFolder()
            .orElseThrow(
                () -> new IllegalArgumentException("Detector " + version + " needs a folder"));
    return create(
        version,
        folder,
        options,
        manager ->
            StateDict.open(
                version.architecture(), folder, "model", null, manager, options.dataType()));
  }

  /**
   * Makes a detector of a folder's configurations with random weights, to measure speed.
   *
   * @param options with a folder
   * @return a detector that the caller closes
   */
  public static OwlViTDetector fromConfig(OwlViTVersion version, DetectorOptions options) {
    Path folder = options.modelFolder().orElseThrow();
    return create(
        version,
        folder,
        options,
        manager -> StateDict.random(version.architecture(), folder, manager, options.dataType()));
  }

  /** Checks a folder without reading weights, as {@link #fromPretrained}. */
  static void check(OwlViTVersion version, Path folder) {
    create(
            version,
            folder,
            DetectorOptions.cpu(folder),
            manager -> StateDict.openHeaders(version.architecture(), folder, "model", null))
        .close();
  }

  private static OwlViTDetector create(
      OwlViTVersion version,
      Path folder,
      DetectorOptions options,
      Function<NDManager, StateDict> weights) {
    NDManager manager = LibTorch.newManager(options.device());
    try {
      return new OwlViTDetector(
          version, folder, manager, weights.apply(manager), options.threshold(), options.labels());
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /**
   * Looks for objects.
   *
   * @param labels any words of at most 14 tokens, with or without a template such as {@code a photo
   *     of}
   * @return the detections with a score above the threshold, the best first
   * @throws IllegalArgumentException naming a label that is too long
   */
  @Override
  public List<List<Detection>> detect(List<BufferedImage> images, List<List<String>> labels) {
    ObjectDetector.requireSameSize(images, labels);
    List<String> distinct = labels.stream().flatMap(List::stream).distinct().toList();
    distinct.forEach(textEmbedder::requireFits);
    Map<String, float[]> queries = embed(distinct);
    List<List<Detection>> detections = new ArrayList<>();
    try (GradMode ignored = GradMode.disabled()) {
      for (PixelBatch batch : PixelBatch.split(imageProcessor, images, manager)) {
        int first = detections.size();
        int end = first + batch.size();
        detections.addAll(
            detect(batch, images.subList(first, end), labels.subList(first, end), queries));
      }
    }
    return detections;
  }

  private Map<String, float[]> embed(List<String> labels) {
    List<float[]> vectors = textEmbedder.embed(labels);
    Map<String, float[]> queries = new HashMap<>();
    for (int i = 0; i < labels.size(); i++) {
      queries.put(labels.get(i), vectors.get(i));
    }
    return queries;
  }

  private List<List<Detection>> detect(
      PixelBatch batch,
      List<BufferedImage> images,
      List<List<String>> labels,
      Map<String, float[]> queries) {
    try (ArrayScope scope = new ArrayScope()) {
      scope.suppressNotUsedWarning();
      NDArray features = model.features(batch.pixels(manager, dataType)); // (R, P, C)
      NDArray boxes = model.boxes(features); // (R, P, 4)
      List<List<Detection>> detections = new ArrayList<>();
      for (int row = 0; row < images.size(); row++) {
        List<String> wanted = labels.get(row).stream().distinct().toList();
        Frame frame = new Frame(images.get(row), toFinite(boxes.get(row)));
        detections.add(
            wanted.isEmpty()
                ? List.of()
                : find(frame, wanted, logits(features.get(row), wanted, queries)));
      }
      return detections;
    }
  }

  /** Compares the patches of one image (P, C) with labels: (P, Q), row by row. */
  private float[] logits(NDArray features, List<String> labels, Map<String, float[]> queries) {
    int channels = queries.get(labels.get(0)).length;
    FloatBuffer vectors = FloatBuffer.allocate(labels.size() * channels);
    labels.forEach(label -> vectors.put(queries.get(label)));
    vectors.rewind();
    NDArray query = manager.create(vectors, new Shape(labels.size(), channels)); // (Q, D)
    return toFinite(model.logits(features, query));
  }

  /** Returns the numbers of an array; NaN would look like an image where nothing is found. */
  private static float[] toFinite(NDArray array) {
    float[] numbers = array.toFloatArray();
    for (float number : numbers) {
      if (!Float.isFinite(number)) {
        throw new IllegalStateException(
            "The detector's outputs are not finite numbers: its weights are damaged, or too large for float16");
      }
    }
    return numbers;
  }

  /**
   * An image and the boxes of its patches.
   *
   * @param image the image
   * @param boxes (P, 4): centre x, centre y, width and height, relative to what the model sees
   */
  private record Frame(BufferedImage image, float[] boxes) {}

  private List<Detection> find(Frame frame, List<String> labels, float[] logits) {
    int patches = logits.length / labels.size();
    return IntStream.range(0, patches)
        .boxed()
        .flatMap(patch -> find(frame, patch, labels, logits))
        .sorted(Comparator.comparingDouble(Detection::score).reversed())
        .toList();
  }

  /** Finds the labels that a patch shows. */
  private Stream<Detection> find(Frame frame, int patch, List<String> labels, float[] logits) {
    int first = patch * labels.size();
    IntStream candidates =
        labelMode == LabelMode.ALONE
            ? IntStream.range(0, labels.size())
            : IntStream.of(best(logits, first, labels.size()));
    return candidates
        .filter(label -> sigmoid(logits[first + label]) > threshold)
        .boxed()
        .flatMap(
            label -> describe(frame, patch, labels.get(label), logits[first + label]).stream());
  }

  private static int best(float[] logits, int first, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      best = logits[first + i] > logits[first + best] ? i : best;
    }
    return best;
  }

  private Optional<Detection> describe(Frame frame, int patch, String label, float logit) {
    int width = frame.image().getWidth();
    int height = frame.image().getHeight();
    double xScale = (double) version.seenWidth(width, height) / width;
    double yScale = (double) version.seenHeight(width, height) / height;
    float[] boxes = frame.boxes();
    double x = boxes[4 * patch];
    double y = boxes[4 * patch + 1];
    double halfWidth = boxes[4 * patch + 2] / 2;
    double halfHeight = boxes[4 * patch + 3] / 2;
    PredictedBox box =
        new PredictedBox(
            (x - halfWidth) * xScale,
            (y - halfHeight) * yScale,
            (x + halfWidth) * xScale,
            (y + halfHeight) * yScale);
    return box.inImage().map(inside -> new Detection(label, label, sigmoid(logit), box));
  }

  private static double sigmoid(float logit) {
    return 1 / (1 + Math.exp(-logit));
  }

  /** Frees the weights and the tokenizer. */
  @Override
  public void close() {
    textEmbedder.close();
    manager.close();
  }
}
