package io.boxwright.diffusion.detection.owlvit;

import io.boxwright.diffusion.clip.ImageProcessor;
import io.boxwright.diffusion.clip.ImageProcessorConfig;
import io.boxwright.diffusion.images.RgbPixels;
import io.boxwright.diffusion.loading.ConfigValues;
import java.awt.image.BufferedImage;

/**
 * OWLv2's preparation of images, transformers' {@code Owlv2ImageProcessorPil}: an image is padded
 * with black below or on the right to a square, blurred by a Gaussian if it shrinks, resized
 * between neighbouring pixels, as scipy's {@code gaussian_filter} and {@code zoom} do it, and
 * channels are normalised. All of it is in float32.
 */
final class Owlv2ImageProcessor implements ImageProcessor {

  private static final int DEFAULT_SIZE = 960;
  private static final int CHANNELS = RgbPixels.CHANNELS;

  /** The Gaussian ends after so many standard deviations. */
  private static final double TRUNCATE = 4;

  private final ImageProcessorConfig config;
  private final int size;

  /**
   * Makes a processor.
   *
   * @throws IllegalArgumentException naming what is not supported
   */
  Owlv2ImageProcessor(ImageProcessorConfig config) {
    boolean crop = Boolean.TRUE.equals(config.doCenterCrop());
    ConfigValues.require(!crop, "do_center_crop", true, "false");
    ConfigValues.require(!Boolean.FALSE.equals(config.doPad()), "do_pad", false, "true");
    this.config = config;
    this.size = config.squareSize(DEFAULT_SIZE);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public float[] process(BufferedImage image) {
    RgbPixels pixels = RgbPixels.of(image);
    int side = Math.max(pixels.width(), pixels.height());
    double[] kernel = gaussian(Math.max(0, ((double) side / size - 1) / 2));
    float[] values = new float[CHANNELS * size * size];
    for (int channel = 0; channel < CHANNELS; channel++) {
      float[] plane = pad(pixels, channel, side);
      // Twice a pass along the rows that also turns the plane.
      float[] blurred = blurTurned(blurTurned(plane, side, kernel), side, kernel);
      float[] resized = zoomTurned(zoomTurned(blurred, side, side), side, size);
      normalize(resized, channel, values);
    }
    return values;
  }

  /** Returns one channel of the padded image, (side, side), 0..1. */
  private float[] pad(RgbPixels pixels, int channel, int side) {
    float[] plane = new float[side * side];
    for (int y = 0; y < pixels.height(); y++) {
      for (int x = 0; x < pixels.width(); x++) {
        plane[y * side + x] = (float) (pixels.value(x, y, channel) * config.rescaleFactor());
      }
    }
    return plane;
  }

  private static double[] gaussian(double sigma) {
    int radius = (int) (TRUNCATE * sigma + 0.5);
    double[] weights = new double[2 * radius + 1];
    double sum = 0;
    for (int i = -radius; i <= radius; i++) {
      weights[i + radius] = sigma == 0 ? 1 : Math.exp(-0.5 * i * i / (sigma * sigma));
      sum += weights[i + radius];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    return weights;
  }

  /** Blurs along rows: (side, side) -> (side, side), columns and rows exchanged. */
  private static float[] blurTurned(float[] plane, int side, double[] kernel) {
    int radius = kernel.length / 2;
    float[] turned = new float[plane.length];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double sum = 0;
        for (int i = -radius; i <= radius; i++) {
          sum += kernel[i + radius] * plane[y * side + mirror(x + i, side)];
        }
        turned[x * side + y] = (float) sum;
      }
    }
    return turned;
  }

  /** Resizes rows: (rows, side) -> (size, rows), columns and rows exchanged. */
  private float[] zoomTurned(float[] plane, int side, int rows) {
    double scale = (double) side / size;
    float[] turned = new float[size * rows];
    for (int x = 0; x < size; x++) {
      double place = (x + 0.5) * scale - 0.5;
      int left = (int) Math.floor(place);
      double share = place - left;
      int first = mirror(left, side);
      int second = mirror(left + 1, side);
      for (int y = 0; y < rows; y++) {
        double value = plane[y * side + first] * (1 - share) + plane[y * side + second] * share;
        turned[x * rows + y] = (float) value;
      }
    }
    return turned;
  }

  /** Reflects a place outside 0..size-1 at the centres of the outermost pixels. */
  private static int mirror(int place, int size) {
    if (size == 1) {
      return 0;
    }
    int period = 2 * (size - 1);
    int inside = Math.floorMod(place, period);
    return inside < size ? inside : period - inside;
  }

  private void normalize(float[] plane, int channel, float[] values) {
    float mean = config.imageMean().get(channel).floatValue();
    float std = config.imageStd().get(channel).floatValue();
    for (int i = 0; i < plane.length; i++) {
      values[channel * plane.length + i] = (plane[i] - mean) / std;
    }
  }
}
