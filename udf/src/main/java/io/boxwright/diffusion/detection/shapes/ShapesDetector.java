package io.boxwright.diffusion.detection.shapes;

import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.detection.DetectorFactory;
import io.boxwright.diffusion.detection.DetectorOptions;
import io.boxwright.diffusion.detection.ObjectDetector;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A detector that finds the objects of the Shapes world by the colour of their pixels, without a
 * model. The object of a label is the largest connected patch of the label's colour. The outline
 * that the patch fits best tells its shape, and so whether the object is right. The score tells how
 * well the patch fits that outline. The method and its numbers are those of {@code
 * datasets/shapes/detector.py}.
 */
public final class ShapesDetector implements ObjectDetector {

  /** A factory of {@link ShapesDetector}s, which have no model. */
  public static final class Factory implements DetectorFactory {

    private static final long serialVersionUID = 1;

    @Override
    public String name() {
      return "shapes";
    }

    @Override
    public ObjectDetector load(DetectorOptions options) {
      return new ShapesDetector();
    }
  }

  /**
   * The smallest share of the image that an object covers; smaller patches are no objects. The
   * smallest object of the world covers 0.027.
   */
  private static final double LEAST_AREA = 0.015;

  /**
   * Looks for objects.
   *
   * @param labels the labels of each image, each a colour and a shape, such as {@code a red circle}
   * @return at most one detection for each label
   * @throws IllegalArgumentException naming a label of any other form
   */
  @Override
  public List<List<Detection>> detect(List<BufferedImage> images, List<List<String>> labels) {
    ObjectDetector.requireSameSize(images, labels);
    List<List<ShapesLabel>> wanted =
        labels.stream().map(each -> each.stream().map(ShapesLabel::parse).toList()).toList();
    return IntStream.range(0, images.size())
        .mapToObj(place -> detectIn(images.get(place), wanted.get(place)))
        .toList();
  }

  private static List<Detection> detectIn(BufferedImage image, List<ShapesLabel> wanted) {
    Palette[] colors = findNearestColors(image);
    return wanted.stream()
        .flatMap(label -> detect(label, colors, image.getWidth(), image.getHeight()).stream())
        .toList();
  }

  private static Palette[] findNearestColors(BufferedImage image) {
    int width = image.getWidth();
    int[] pixels = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
    return Arrays.stream(pixels).mapToObj(Palette::findNearest).toArray(Palette[]::new);
  }

  private static Optional<Detection> detect(
      ShapesLabel wanted, Palette[] colors, int width, int height) {
    return Patch.findLargest(width, height, pixel -> colors[pixel] == wanted.color())
        .filter(patch -> patch.pixels().length >= LEAST_AREA * colors.length)
        .map(patch -> describe(wanted, patch));
  }

  private static Detection describe(ShapesLabel wanted, Patch patch) {
    double[] scaled = patch.scale();
    ShapeKind best = ShapeKind.findBestFit(scaled);
    return new Detection(wanted.text(), wanted.withShape(best), best.score(scaled), patch.box());
  }
}
