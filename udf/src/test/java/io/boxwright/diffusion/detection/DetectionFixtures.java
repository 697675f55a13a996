package io.boxwright.diffusion.detection;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.testing.Fixtures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;

/** What {@code detection_fixtures.py} made. */
public final class DetectionFixtures {

  private DetectionFixtures() {}

  /**
   * A picture of the sheet.
   *
   * @param image the picture
   * @param expected its entry in {@code scenes.json}
   */
  public record Tile(BufferedImage image, JsonNode expected) {

    /** Of the parameterized tests. */
    @Override
    public String toString() {
      return expected.get("name").asText();
    }
  }

  /** All pictures. */
  public static List<Tile> tiles() {
    BufferedImage sheet = read("detection/scenes.png");
    return StreamSupport.stream(Fixtures.json("detection/scenes.json").spliterator(), false)
        .map(entry -> new Tile(cut(sheet, entry.get("tile")), entry))
        .toList();
  }

  /** Four edges, relative. */
  static BoundingBox box(JsonNode edges) {
    return new BoundingBox(
        edges.get(0).asDouble(),
        edges.get(1).asDouble(),
        edges.get(2).asDouble(),
        edges.get(3).asDouble());
  }

  private static BufferedImage cut(BufferedImage sheet, JsonNode tile) {
    return sheet.getSubimage(
        tile.get(0).asInt(), tile.get(1).asInt(), tile.get(2).asInt(), tile.get(3).asInt());
  }

  private static BufferedImage read(String name) {
    try {
      return ImageIO.read(Fixtures.path(name).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
