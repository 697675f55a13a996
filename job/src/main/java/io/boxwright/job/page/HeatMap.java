package io.boxwright.job.page;

import io.boxwright.diffusion.images.PngEncoder;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;

/** A picture of an object's attention. */
final class HeatMap {

  private static final int MOST_CELLS = 64;

  private HeatMap() {}

  /**
   * A map of attention.
   *
   * @param height the number of rows of cells
   * @param width the number of columns of cells
   * @param values the attention of each cell, row by row, 0 or more
   */
  record Layer(int height, int width, double[] values) {

    /** Returns the attention of the cell at a place, 0..1 from the left and from the top. */
    private double at(double x, double y) {
      int column = Math.min(width - 1, (int) (x * width));
      int row = Math.min(height - 1, (int) (y * height));
      return values[row * width + column];
    }

    private boolean isUsable() {
      return height > 0 && width > 0 && values.length == height * width && sum() > 0;
    }

    private double sum() {
      return Arrays.stream(values).sum();
    }
  }

  /**
   * Draws the mean of maps, each with the same weight, as PNG. It has the cells of the finest map,
   * at most {@value #MOST_CELLS} a side; it is black, and its opacity is the attention, where the
   * largest is opaque.
   *
   * @return the bytes; null if no map has any attention
   */
  static byte[] draw(List<Layer> layers) {
    List<Layer> usable = layers.stream().filter(Layer::isUsable).toList();
    if (usable.isEmpty()) {
      return null;
    }
    int width = usable.stream().mapToInt(Layer::width).max().orElseThrow();
    int height = usable.stream().mapToInt(Layer::height).max().orElseThrow();
    width = Math.min(MOST_CELLS, width);
    height = Math.min(MOST_CELLS, height);
    double[] mean = new double[width * height];
    for (Layer layer : usable) {
      double weight = layer.width() * layer.height() / layer.sum();
      for (int i = 0; i < mean.length; i++) {
        mean[i] += weight * layer.at((i % width + 0.5) / width, (i / width + 0.5) / height);
      }
    }
    double largest = Arrays.stream(mean).max().orElseThrow();
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < mean.length; i++) {
      int opacity = (int) Math.round(255 * Math.max(0, mean[i]) / largest);
      picture.setRGB(i % width, i / width, opacity << 24);
    }
    return PngEncoder.encode(picture);
  }
}
