package io.boxwright.diffusion.detection.owlvit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.boxwright.diffusion.clip.ImageProcessor;
import io.boxwright.diffusion.clip.ImageProcessorConfig;
import io.boxwright.diffusion.clip.PixelNormalizer;
import io.boxwright.diffusion.images.BicubicResize;
import io.boxwright.diffusion.images.RgbPixels;
import io.boxwright.diffusion.loading.ConfigValues;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * OWL-ViT's preparation of images, transformers' {@code OwlViTImageProcessorPil}: an image is
 * squashed to a square with Pillow's bicubic filter, and channels are normalised.
 */
final class OwlViTImageProcessor implements ImageProcessor {

  private static final int DEFAULT_SIZE = 768;

  private final PixelNormalizer normalizer;
  private final int size;

  /**
   * Makes a processor.
   *
   * @throws IllegalArgumentException naming what is not supported
   */
  OwlViTImageProcessor(ImageProcessorConfig config) {
    boolean crop = Boolean.TRUE.equals(config.doCenterCrop());
    ConfigValues.require(!crop, "do_center_crop", true, "false");
    ConfigValues.require(!Boolean.TRUE.equals(config.doPad()), "do_pad", true, "false");
    this.normalizer = new PixelNormalizer(config);
    this.size = config.squareSize(DEFAULT_SIZE);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public NDArray process(List<BufferedImage> images, NDManager manager) {
    List<RgbPixels> resized =
        images.parallelStream()
            .map(image -> BicubicResize.resize(RgbPixels.of(image), size, size))
            .toList();
    return normalizer.normalize(normalizer.rescale(resized, manager)); // (N, 3, size, size)
  }
}
