package io.boxwright.diffusion.detection.clip;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.clip.CLIPModel;
import io.boxwright.diffusion.clip.CosineSimilarity;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.torch.LibTorch;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A scorer of how well images fit texts: the CLIP score of Hessel et al. (2021, "CLIPScore: A
 * Reference-free Evaluation Metric for Image Captioning", arXiv 2104.08718) without its factor,
 * {@code 100 * max(0, cosine)}. Threads may share it. Closing frees the model.
 */
public final class CLIPScorer implements AutoCloseable {

  private static final double PERCENT = 100;

  private final CLIPModel model;

  /** Makes a scorer that owns a model and closes it. */
  public CLIPScorer(CLIPModel model) {
    this.model = model;
  }

  /**
   * Loads a folder with a {@code CLIPModel}, as transformers saves it.
   *
   * @param dataType the type of the weights, {@code FLOAT32} or, on a GPU, {@code FLOAT16}
   * @return a scorer that the caller closes
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the file and what is wrong
   *     with it
   */
  public static CLIPScorer fromPretrained(Path folder, Device device, DataType dataType) {
    return new CLIPScorer(CLIPModel.fromPretrained(folder, LibTorch.newManager(device), dataType));
  }

  /**
   * Checks a folder without reading weights: for a driver, before any task.
   *
   * @throws io.boxwright.diffusion.loading.ModelLoadingException as {@link #fromPretrained} does
   */
  public static void check(Path folder) {
    CLIPModel.check(folder);
  }

  /**
   * Scores images, each against its own text. The score of an image does not depend on the others.
   *
   * @param images the images, RGB with 8 bits per channel, each of any size
   * @param texts as many texts; what does not fit into the text model is cut off
   * @return a score for each image, 0..100
   * @throws IllegalArgumentException if there are not as many texts as images
   */
  public double[] score(List<BufferedImage> images, List<String> texts) {
    if (images.size() != texts.size()) {
      throw new IllegalArgumentException(
          "%d images, but %d texts".formatted(images.size(), texts.size()));
    }
    List<String> distinct = texts.stream().distinct().toList();
    List<float[]> textVectors = model.embedTexts(distinct);
    List<float[]> imageVectors = model.embedImages(images);
    return IntStream.range(0, images.size())
        .mapToDouble(
            i ->
                PERCENT
                    * Math.max(
                        0,
                        CosineSimilarity.of(
                            imageVectors.get(i), textVectors.get(distinct.indexOf(texts.get(i))))))
        .toArray();
  }

  /**
   * Cuts a box out of an image: for the local CLIP score, which is {@link #score} of the crop
   * against the box's phrase.
   *
   * @return the pixels whose centres lie in the box, at least one; they share memory with the image
   */
  public static BufferedImage crop(BufferedImage image, BoundingBox box) {
    int width = image.getWidth();
    int height = image.getHeight();
    int left = firstPixel(box.xMin(), width);
    int top = firstPixel(box.yMin(), height);
    int right = Math.max(left + 1, (int) Math.round(box.xMax() * width));
    int bottom = Math.max(top + 1, (int) Math.round(box.yMax() * height));
    return image.getSubimage(left, top, right - left, bottom - top);
  }

  private static int firstPixel(double edge, int pixels) {
    return Math.min((int) Math.round(edge * pixels), pixels - 1);
  }

  @Override
  public void close() {
    model.close();
  }
}
