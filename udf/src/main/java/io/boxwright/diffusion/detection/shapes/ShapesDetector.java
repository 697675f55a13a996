package io.boxwright.diffusion.detection.shapes;

import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.detection.DetectorFactory;
import io.boxwright.diffusion.detection.DetectorOptions;
import io.boxwright.diffusion.detection.ObjectDetector;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds the objects of the Shapes world by the colour of their pixels, with no model. The object of
 * a label is the largest connected patch of the label's colour; the outline that it fits best says
 * which shape it is, and so whether it is right, and how well it fits is its score. The method and
 * its numbers are those of {@code datasets/shapes/detector.py}.
 */
public final class ShapesDetector implements ObjectDetector {

  /** Makes {@link ShapesDetector}s, which have no model. */
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
   * Of the image; smaller patches are no objects. The smallest object of the world covers 0.027.
   */
  private static final double LEAST_AREA = 0.015;

  /**
   * Looks for objects.
   *
   * @param labels a colour and a shape each, such as {@code a red circle}
   * @return one at most for each label
   * @throws IllegalArgumentException naming a label that is something else
   */
  @Override
  public List<Detection> detect(BufferedImage image, List<String> labels) {
    List<ShapesLabel> wanted = labels.stream().map(ShapesLabel::parse).toList();
    Palette[] colors = nearestColors(image);
    return wanted.stream()
        .flatMap(label -> detect(label, colors, image.getWidth(), image.getHeight()).stream())
        .toList();
  }

  private static Palette[] nearestColors(BufferedImage image) {
    int width = image.getWidth();
    int[] pixels = image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
    return Arrays.stream(pixels).mapToObj(Palette::nearest).toArray(Palette[]::new);
  }

  private static Optional<Detection> detect(
      ShapesLabel wanted, Palette[] colors, int width, int height) {
    return Patch.largest(width, height, pixel -> colors[pixel] == wanted.color())
        .filter(patch -> patch.pixels().length >= LEAST_AREA * colors.length)
        .map(patch -> describe(wanted, patch));
  }

  private static Detection describe(ShapesLabel wanted, Patch patch) {
    double[] scaled = patch.scaled();
    ShapeKind best = ShapeKind.bestFit(scaled);
    return new Detection(wanted.text(), wanted.ofShape(best), best.score(scaled), patch.box());
  }
}
