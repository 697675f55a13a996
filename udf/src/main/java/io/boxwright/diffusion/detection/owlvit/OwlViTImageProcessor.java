package io.boxwright.diffusion.detection.owlvit;

import io.boxwright.diffusion.clip.ImageProcessor;
import io.boxwright.diffusion.clip.ImageProcessorConfig;
import io.boxwright.diffusion.images.BicubicResize;
import io.boxwright.diffusion.images.RgbPixels;
import io.boxwright.diffusion.loading.ConfigValues;
import java.awt.image.BufferedImage;

/**
 * OWL-ViT's preparation of images, transformers' {@code OwlViTImageProcessorPil}: an image is
 * squashed to a square with Pillow's bicubic filter, and channels are normalised.
 */
final class OwlViTImageProcessor implements ImageProcessor {

  private static final int DEFAULT_SIZE = 768;

  private final ImageProcessorConfig config;
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
    this.config = config;
    this.size = config.squareSize(DEFAULT_SIZE);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public float[] process(BufferedImage image) {
    return config.normalize(BicubicResize.resize(RgbPixels.of(image), size, size));
  }
}
