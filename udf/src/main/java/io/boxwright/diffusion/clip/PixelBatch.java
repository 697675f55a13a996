package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.boxwright.torch.TorchKernels;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Images that go through a vision model together. All passes have the same number of rows, the last
 * one filled up with copies of its last image, so that the result of an image does not depend on
 * how many there are.
 */
public final class PixelBatch {

  private static final int ROWS_ON_GPU = 8;

  private final ImageProcessor processor;
  private final List<BufferedImage> images;
  private final int rows;

  private PixelBatch(ImageProcessor processor, List<BufferedImage> images, int rows) {
    this.processor = processor;
    this.images = images;
    this.rows = rows;
  }

  /** Splits images into batches for the manager's device, in their order. */
  public static List<PixelBatch> split(
      ImageProcessor processor, List<BufferedImage> images, NDManager manager) {
    int rows = manager.getDevice().isGpu() ? ROWS_ON_GPU : 1;
    List<PixelBatch> batches = new ArrayList<>();
    for (int from = 0; from < images.size(); from += rows) {
      int to = Math.min(from + rows, images.size());
      batches.add(new PixelBatch(processor, images.subList(from, to), rows));
    }
    return batches;
  }

  /** Returns the number of images, at most the number of rows. */
  public int size() {
    return images.size();
  }

  /**
   * Prepares the images.
   *
   * @param manager the owner of the result
   * @return (rows, 3, H, W)
   */
  public NDArray pixels(NDManager manager, DataType dataType) {
    NDArray pixels = processor.process(images, manager); // (size, 3, H, W)
    if (size() < rows) {
      NDArray last = pixels.get(size() - 1 + ":"); // (1, 3, H, W)
      pixels = pixels.concat(last.repeat(0, rows - size())); // (rows, 3, H, W)
    }
    return TorchKernels.toType(pixels, dataType);
  }
}
