package io.boxwright.diffusion.images;

/**
 * Resizing as {@code Image.resize(size, Image.BICUBIC)} of Pillow 13 does it, to the last bit: an
 * antialiased cubic kernel, with weights of 22 fractional bits, along rows and along columns, each
 * rounded to 8 bits.
 */
public final class BicubicResize {

  private static final int PRECISION_BITS = 22;
  private static final double RADIUS = 2;

  private BicubicResize() {}

  /**
   * The weights of one axis: output value i is a weighted sum of the input values from {@code
   * starts[i]} on.
   */
  private record Kernel(int[] starts, int[][] weights) {}

  /** Returns an image of another size; the same image if it has the size already. */
  public static RgbPixels resize(RgbPixels image, int width, int height) {
    return shrinksColumnsFirst(image, width, height)
        ? resizeRows(resizeColumns(image, height), width)
        : resizeColumns(resizeRows(image, width), height);
  }

  /** Returns whether columns lose so much more pixels than rows that Pillow begins with them. */
  private static boolean shrinksColumnsFirst(RgbPixels image, int width, int height) {
    int lostInRows = image.width() - width;
    int lostInColumns = image.height() - height;
    return lostInColumns > 0 && 2 * lostInRows < lostInColumns;
  }

  private static RgbPixels resizeRows(RgbPixels image, int width) {
    if (width == image.width()) {
      return image;
    }
    Kernel kernel = makeKernel(image.width(), width);
    int channels = RgbPixels.CHANNELS;
    byte[] in = image.bytes();
    byte[] out = new byte[width * image.height() * channels];
    for (int y = 0; y < image.height(); y++) {
      int row = y * image.width();
      for (int x = 0; x < width; x++) {
        int[] weights = kernel.weights()[x];
        int first = (row + kernel.starts()[x]) * channels;
        sum(in, first, channels, weights, out, (y * width + x) * channels);
      }
    }
    return new RgbPixels(width, image.height(), out);
  }

  private static RgbPixels resizeColumns(RgbPixels image, int height) {
    if (height == image.height()) {
      return image;
    }
    Kernel kernel = makeKernel(image.height(), height);
    int channels = RgbPixels.CHANNELS;
    int width = image.width();
    byte[] in = image.bytes();
    byte[] out = new byte[width * height * channels];
    for (int y = 0; y < height; y++) {
      int[] weights = kernel.weights()[y];
      int row = kernel.starts()[y] * width;
      for (int x = 0; x < width; x++) {
        int first = (row + x) * channels;
        sum(in, first, width * channels, weights, out, (y * width + x) * channels);
      }
    }
    return new RgbPixels(width, height, out);
  }

  /** Writes the three weighted sums of input pixels that are {@code stride} bytes apart. */
  private static void sum(
      byte[] in, int first, int stride, int[] weights, byte[] out, int outIndex) {
    int half = 1 << (PRECISION_BITS - 1);
    int red = half;
    int green = half;
    int blue = half;
    int index = first;
    for (int weight : weights) {
      red += (in[index] & 0xff) * weight;
      green += (in[index + 1] & 0xff) * weight;
      blue += (in[index + 2] & 0xff) * weight;
      index += stride;
    }
    out[outIndex] = round(red);
    out[outIndex + 1] = round(green);
    out[outIndex + 2] = round(blue);
  }

  private static byte round(int sum) {
    return (byte) Math.max(0, Math.min(sum >> PRECISION_BITS, 255));
  }

  private static Kernel makeKernel(int in, int out) {
    double scale = (double) in / out;
    double stretch = Math.max(scale, 1); // wider when shrinking, which is the antialiasing
    double support = RADIUS * stretch;
    int[] starts = new int[out];
    int[][] weights = new int[out][];
    for (int i = 0; i < out; i++) {
      double centre = (i + 0.5) * scale;
      int start = Math.max((int) (centre - support + 0.5), 0);
      int end = Math.min((int) (centre + support + 0.5), in);
      starts[i] = start;
      weights[i] = makeWeights(start - centre + 0.5, stretch, end - start);
    }
    return new Kernel(starts, weights);
  }

  /** Makes weights that sum to 1, in units of 2^-22. */
  private static int[] makeWeights(double firstOffset, double stretch, int count) {
    double[] exact = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      exact[i] = cubic((firstOffset + i) * (1 / stretch));
      sum += exact[i];
    }
    int[] weights = new int[count];
    for (int i = 0; i < count; i++) {
      double scaled = exact[i] / sum * (1 << PRECISION_BITS);
      weights[i] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
    return weights;
  }

  /** Computes Keys' cubic kernel with a = -0.5. */
  private static double cubic(double offset) {
    double a = -0.5;
    double x = Math.abs(offset);
    if (x < 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
  }
}
