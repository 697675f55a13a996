package io.boxwright.job.figures;

import io.boxwright.diffusion.layout.BoundingBox;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The colours of an image's boxes, measured in COCO-MIG's ranges of hue, saturation and value. */
public final class BoxColors {

  private final BufferedImage image;

  /**
   * Prepares an image.
   *
   * @param image the image, RGB with 8 bits per channel
   */
  public BoxColors(BufferedImage image) {
    this.image = Objects.requireNonNull(image, "image");
  }

  /**
   * Measures each colour in each box. A pixel that the box touches belongs to it.
   *
   * @param boxes the boxes, 0..1
   * @param colors names of colours of {@link HsvColor}
   * @throws IllegalArgumentException naming a colour that is not known
   */
  public List<ColorShare> measure(List<BoundingBox> boxes, List<String> colors) {
    List<HsvColor> known = colors.stream().map(HsvColor::of).toList();
    List<ColorShare> shares = new ArrayList<>();
    for (BoundingBox box : boxes) {
      for (HsvColor color : known) {
        shares.add(new ColorShare(box, color.text(), measureShare(box, color)));
      }
    }
    return shares;
  }

  private double measureShare(BoundingBox box, HsvColor color) {
    PixelBox pixels = PixelBox.of(box, image.getWidth(), image.getHeight());
    int xEnd = (int) Math.ceil(pixels.xMax());
    int yEnd = (int) Math.ceil(pixels.yMax());
    int count = 0;
    int right = 0;
    for (int y = (int) pixels.yMin(); y < yEnd; y++) {
      for (int x = (int) pixels.xMin(); x < xEnd; x++) {
        count++;
        right += color.contains(image.getRGB(x, y)) ? 1 : 0;
      }
    }
    return (double) right / count;
  }
}
