package io.boxwright.diffusion.detection.owlvit;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.clip.ImageProcessor;
import io.boxwright.diffusion.clip.ImageProcessorConfig;
import io.boxwright.diffusion.clip.PixelNormalizer;
import io.boxwright.diffusion.images.RgbPixels;
import io.boxwright.diffusion.loading.ConfigValues;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * OWLv2's preparation of images, transformers' {@code Owlv2ImageProcessorPil}: an image is padded
 * with black below or on the right to a square, blurred by a Gaussian if it shrinks, resized
 * between neighbouring pixels, as scipy's {@code gaussian_filter} and {@code zoom} do it, and
 * channels are normalised. Blurring and resizing are linear, so one matrix does both to all rows,
 * and the same matrix to all columns.
 */
final class Owlv2ImageProcessor implements ImageProcessor {

  private static final int DEFAULT_SIZE = 960;

  /** The Gaussian ends after so many standard deviations. */
  private static final double TRUNCATE = 4;

  private final PixelNormalizer normalizer;
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
    this.normalizer = new PixelNormalizer(config);
    this.size = config.squareSize(DEFAULT_SIZE);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public NDArray process(List<BufferedImage> images, NDManager manager) {
    NDList resized = new NDList();
    images.parallelStream()
        .map(RgbPixels::of)
        .toList()
        .forEach(image -> resized.add(resize(image, manager)));
    return normalizer.normalize(NDArrays.concat(resized)); // (N, 3, size, size)
  }

  /** Resizes an image: (1, 3, H, W) -> (1, 3, size, size). Padding is black and adds nothing. */
  private NDArray resize(RgbPixels image, NDManager manager) {
    NDArray values = normalizer.rescale(List.of(image), manager); // (1, 3, H, W)
    int side = Math.max(image.width(), image.height());
    NDArray weights = manager.create(makeWeights(side), new Shape(size, side));
    NDArray rows = weights.get(new NDIndex(":, :{}", image.height())); // (size, H)
    NDArray columns = weights.get(new NDIndex(":, :{}", image.width())); // (size, W)
    return rows.matMul(values).matMul(columns.transpose());
  }

  /** Makes the weights (size, side) that blur an axis and resize it. */
  private float[] makeWeights(int side) {
    double scale = (double) side / size;
    double[] gaussian = makeGaussian(Math.max(0, (scale - 1) / 2));
    float[] weights = new float[size * side];
    for (int i = 0; i < size; i++) {
      double place = (i + 0.5) * scale - 0.5;
      int left = (int) Math.floor(place);
      double share = place - left;
      double[] row = new double[side];
      addBlurred(row, mirror(left, side), 1 - share, gaussian);
      addBlurred(row, mirror(left + 1, side), share, gaussian);
      for (int j = 0; j < side; j++) {
        weights[i * side + j] = (float) row[j];
      }
    }
    return weights;
  }

  /** Adds the weights of the pixels that a blurred pixel is made from. */
  private static void addBlurred(double[] row, int place, double share, double[] gaussian) {
    int radius = gaussian.length / 2;
    for (int i = -radius; i <= radius; i++) {
      row[mirror(place + i, row.length)] += share * gaussian[i + radius];
    }
  }

  private static double[] makeGaussian(double sigma) {
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

  /** Reflects a place outside 0..size-1 at the centres of the outermost pixels. */
  private static int mirror(int place, int size) {
    if (size == 1) {
      return 0;
    }
    int period = 2 * (size - 1);
    int inside = Math.floorMod(place, period);
    return inside < size ? inside : period - inside;
  }
}
