package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import io.boxwright.diffusion.images.BicubicResize;
import io.boxwright.diffusion.images.RgbPixels;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.diffusion.loading.ModelLoadingException;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * CLIP's preparation of images, transformers' {@code CLIPImageProcessorPil}: the shorter edge is
 * resized with Pillow's bicubic filter, a square is cut out of the centre, and channels are
 * normalised.
 */
public final class CLIPImageProcessor implements ImageProcessor {

  private static final int DEFAULT_SIZE = 224;

  private final ImageProcessorConfig config;
  private final PixelNormalizer normalizer;
  private final OptionalInt shortestEdge; // empty: a square
  private final int size;

  /**
   * Makes a processor.
   *
   * @throws IllegalArgumentException naming the size that is not supported
   */
  public CLIPImageProcessor(ImageProcessorConfig config) {
    this.config = config;
    this.normalizer = new PixelNormalizer(config);
    boolean crop = !Boolean.FALSE.equals(config.doCenterCrop());
    shortestEdge = config.shortestEdge(DEFAULT_SIZE);
    int square = shortestEdge.isPresent() ? 0 : config.squareSize(DEFAULT_SIZE);
    ConfigValues.require(
        crop || shortestEdge.isEmpty(), "do_center_crop", false, "true with shortest_edge");
    size = crop ? config.squareCropSize(DEFAULT_SIZE) : square;
    int least = shortestEdge.orElse(square);
    ConfigValues.require(size <= least, "crop_size", size, "at most size, " + least);
    ConfigValues.require(!Boolean.TRUE.equals(config.doPad()), "do_pad", true, "false");
  }

  /** Makes the processor of transformers' defaults for images of a size, in pixels. */
  public static CLIPImageProcessor ofSize(int size) {
    JsonNode side = IntNode.valueOf(size);
    return new CLIPImageProcessor(
        new ImageProcessorConfig(null, null, null, null, null, side, side, null, null, null));
  }

  /**
   * Reads the processor of a folder.
   *
   * @throws ModelLoadingException naming the file and the key that is not supported
   */
  public static CLIPImageProcessor fromPretrained(Path folder) {
    ImageProcessorConfig config = ImageProcessorConfig.read(folder);
    try {
      return new CLIPImageProcessor(config);
    } catch (IllegalArgumentException e) {
      throw new ModelLoadingException(
          "Cannot read the image processor in %s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public NDArray process(List<BufferedImage> images, NDManager manager) {
    List<RgbPixels> cropped = images.parallelStream().map(this::resizeAndCrop).toList();
    return normalizer.normalize(normalizer.rescale(cropped, manager)); // (N, 3, size, size)
  }

  private RgbPixels resizeAndCrop(BufferedImage image) {
    RgbPixels resized = resize(RgbPixels.of(image));
    int left = (resized.width() - size) / 2;
    int top = (resized.height() - size) / 2;
    return resized.crop(left, top, size, size);
  }

  private RgbPixels resize(RgbPixels image) {
    if (shortestEdge.isEmpty()) {
      int square = config.squareSize(DEFAULT_SIZE);
      return BicubicResize.resize(image, square, square);
    }
    int edge = shortestEdge.getAsInt();
    boolean upright = image.width() <= image.height();
    int width = upright ? edge : scale(edge, image.width(), image.height());
    int height = upright ? scale(edge, image.height(), image.width()) : edge;
    return BicubicResize.resize(image, width, height);
  }

  /** Returns the longer edge after resizing, rounded down. */
  private static int scale(int edge, int longer, int shorter) {
    return (int) ((long) edge * longer / shorter);
  }
}
