package io.boxwright.diffusion.clip;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.boxwright.diffusion.images.RgbPixels;
import io.boxwright.torch.TorchKernels;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The arithmetic that all image processors end with. Bytes are sent to the device, which makes
 * float32 numbers of them, because these take four times as long to make and to send.
 */
public final class PixelNormalizer {

  private final ImageProcessorConfig config;

  /** Makes a normaliser with the factor, means and deviations of a configuration. */
  public PixelNormalizer(ImageProcessorConfig config) {
    this.config = config;
  }

  /**
   * Sends images to a device.
   *
   * @param images images of one size, at least one
   * @param manager the owner of the result
   * @return (N, 3, H, W), float32, 0..1
   */
  public NDArray rescale(List<RgbPixels> images, NDManager manager) {
    int height = images.get(0).height();
    int width = images.get(0).width();
    int channels = RgbPixels.CHANNELS;
    ByteBuffer bytes = manager.allocateDirect(images.size() * height * width * channels);
    images.forEach(image -> bytes.put(image.bytes()));
    bytes.rewind();
    Shape shape = new Shape(images.size(), height, width, channels);
    NDArray pixels = manager.create(bytes, shape, DataType.UINT8).transpose(0, 3, 1, 2);
    NDArray rows = TorchKernels.contiguous(pixels); // (N, 3, H, W)
    return TorchKernels.toType(rows, DataType.FLOAT32).mul(config.rescaleFactor());
  }

  /**
   * Subtracts the means and divides by the deviations.
   *
   * @param values (N, 3, H, W), float32, 0..1
   */
  public NDArray normalize(NDArray values) {
    NDManager manager = values.getManager();
    return values
        .sub(toChannels(config.imageMean(), manager))
        .div(toChannels(config.imageStd(), manager));
  }

  /** Returns an array of (3, 1, 1). */
  private static NDArray toChannels(List<Double> numbers, NDManager manager) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i).floatValue();
    }
    return manager.create(floats, new Shape(floats.length, 1, 1));
  }
}
