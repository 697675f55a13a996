package io.boxwright.diffusion.clip;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.images.RgbPixels;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.RegularFile;
import io.boxwright.text.Printable;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * The image processor of a folder: {@code preprocessor_config.json}, or {@code image_processor} in
 * {@code processor_config.json}, which transformers 5 writes. A value that the file lacks takes
 * transformers' default.
 *
 * @param doResize true
 * @param doRescale true
 * @param doNormalize true
 * @param doCenterCrop whether a square is cut out after resizing
 * @param doPad whether images are padded to squares before resizing
 * @param size {@code {"height": N, "width": N}}, {@code {"shortest_edge": N}}, N, or [N, N]
 * @param cropSize as {@code size}
 * @param rescaleFactor 1/255
 * @param imageMean three means of channels, 0..1
 * @param imageStd three standard deviations of channels, greater than 0
 */
public record ImageProcessorConfig(
    Boolean doResize,
    Boolean doRescale,
    Boolean doNormalize,
    Boolean doCenterCrop,
    Boolean doPad,
    JsonNode size,
    JsonNode cropSize,
    Double rescaleFactor,
    List<Double> imageMean,
    List<Double> imageStd) {

  /** The file that folders have had at all times. */
  public static final String FILE = "preprocessor_config.json";

  private static final String NEW_FILE = "processor_config.json";
  private static final int LARGEST = 1 << 14;
  private static final double BYTE = 1 / 255.0;
  private static final double FACTOR_TOLERANCE = 1e-9;
  private static final List<Double> CLIP_MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
  private static final List<Double> CLIP_STD = List.of(0.26862954, 0.26130258, 0.27577711);

  /** The file of transformers 5. */
  private record ProcessorConfig(ImageProcessorConfig imageProcessor) {}

  /** Fills in the defaults and refuses what is not supported. */
  public ImageProcessorConfig {
    requireTrue("do_resize", doResize);
    requireTrue("do_rescale", doRescale);
    requireTrue("do_normalize", doNormalize);
    rescaleFactor = rescaleFactor == null ? BYTE : rescaleFactor;
    boolean fromBytes = Math.abs(rescaleFactor - BYTE) < FACTOR_TOLERANCE;
    ConfigValues.require(fromBytes, "rescale_factor", rescaleFactor, "1/255");
    imageMean = imageMean == null ? CLIP_MEAN : List.copyOf(imageMean);
    imageStd = imageStd == null ? CLIP_STD : List.copyOf(imageStd);
    ConfigValues.requireSize("image_mean", imageMean, RgbPixels.CHANNELS, RgbPixels.CHANNELS);
    ConfigValues.requireSize("image_std", imageStd, RgbPixels.CHANNELS, RgbPixels.CHANNELS);
    imageStd.forEach(value -> ConfigValues.requirePositive("image_std", value, LARGEST));
  }

  /**
   * Reads the configuration of a folder.
   *
   * @throws ModelLoadingException naming the file, and the key that is not supported
   */
  public static ImageProcessorConfig read(Path folder) {
    Path file = folder.resolve(NEW_FILE);
    if (RegularFile.isListed(folder.resolve(FILE)) || !RegularFile.isListed(file)) {
      return JsonConfig.read(folder.resolve(FILE), ImageProcessorConfig.class);
    }
    ImageProcessorConfig config = JsonConfig.read(file, ProcessorConfig.class).imageProcessor();
    if (config == null) {
      throw new ModelLoadingException(
          "Cannot read %s: it has no image_processor, and there is no %s beside it"
              .formatted(file, FILE));
    }
    return config;
  }

  /**
   * Returns the side of the square that images are resized to.
   *
   * @param defaultSide the side if the file has no size
   * @throws IllegalArgumentException if the size is no square
   */
  public int squareSize(int defaultSide) {
    return parseSquare("size", size, defaultSide);
  }

  /**
   * Returns the side of the square that is cut out.
   *
   * @param defaultSide the side if the file has no crop size
   * @throws IllegalArgumentException if it is no square
   */
  public int squareCropSize(int defaultSide) {
    return parseSquare("crop_size", cropSize, defaultSide);
  }

  /**
   * Returns the length that the shorter edge of images is resized to; empty if images are resized
   * to a square.
   *
   * @param defaultEdge the length if the file has no size
   */
  public OptionalInt shortestEdge(int defaultEdge) {
    if (size == null || size.isNull()) {
      return OptionalInt.of(defaultEdge);
    }
    JsonNode edge = size.isInt() ? size : size.path("shortest_edge");
    return edge.isMissingNode()
        ? OptionalInt.empty()
        : OptionalInt.of(requireSide("size", edge, size));
  }

  private static int parseSquare(String key, JsonNode value, int defaultSide) {
    if (value == null || value.isNull()) {
      return defaultSide;
    }
    JsonNode height = findSide(value, 0, "height");
    JsonNode width = findSide(value, 1, "width");
    boolean square = height.isInt() && height.equals(width);
    ConfigValues.require(square, key, value, "a height and the same width");
    return requireSide(key, height, value);
  }

  /** Finds one side of a size, which is one number for both, a list, or an object. */
  private static JsonNode findSide(JsonNode value, int place, String name) {
    if (value.isInt()) {
      return value;
    }
    return value.isArray() ? value.path(place) : value.path(name);
  }

  private static int requireSide(String key, JsonNode side, JsonNode whole) {
    boolean valid = side.isInt() && side.intValue() >= 1 && side.intValue() <= LARGEST;
    ConfigValues.require(valid, key, whole, "from 1 to %d pixels".formatted(LARGEST));
    return side.intValue();
  }

  private static void requireTrue(String key, Boolean value) {
    if (Boolean.FALSE.equals(value)) {
      throw new IllegalArgumentException(
          "%s is %s, it must be true".formatted(key, Printable.value(value)));
    }
  }
}
