package io.boxwright.diffusion.detection.shapes;

/** The colours of the Shapes world, as {@code datasets/shapes/world.py} defines them. */
enum Palette {
  RED(225, 30, 35),
  GREEN(30, 160, 60),
  BLUE(40, 70, 225),
  YELLOW(250, 220, 40),
  PURPLE(130, 35, 170),
  ORANGE(250, 130, 20),
  PINK(250, 90, 200),
  CYAN(40, 205, 220),
  /** The first of the background colours, which no object has. */
  WHITE(245, 245, 245),
  GRAY(128, 128, 128),
  BLACK(15, 15, 15);

  /** The largest distance in RGB between a pixel and the colour that it is taken for. */
  private static final int MOST_DISTANCE = 70;

  private static final Palette[] ALL = values();

  private final int red;
  private final int green;
  private final int blue;

  Palette(int red, int green, int blue) {
    this.red = red;
    this.green = green;
    this.blue = blue;
  }

  /** Returns whether objects may have this colour. */
  boolean isOfObjects() {
    return compareTo(WHITE) < 0;
  }

  /** Finds the colour nearest to a pixel {@code 0xRRGGBB}. Returns null if none is near. */
  static Palette findNearest(int rgb) {
    Palette nearest = null;
    int leastDistance = MOST_DISTANCE * MOST_DISTANCE + 1;
    for (Palette color : ALL) {
      int distance = color.squaredDistance(rgb);
      if (distance < leastDistance) {
        nearest = color;
        leastDistance = distance;
      }
    }
    return nearest;
  }

  private int squaredDistance(int rgb) {
    int r = (rgb >> 16 & 0xFF) - red;
    int g = (rgb >> 8 & 0xFF) - green;
    int b = (rgb & 0xFF) - blue;
    return r * r + g * g + b * b;
  }
}
