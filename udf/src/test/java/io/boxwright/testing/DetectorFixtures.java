package io.boxwright.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;

/** What {@code detector_fixtures.py} wrote: tiny detectors, pictures, and what is found in them. */
public final class DetectorFixtures {

  private DetectorFixtures() {}

  /** A model's folder, such as {@code owlvit}. */
  public static Path folder(String model) {
    return Fixtures.path("detectors/" + model);
  }

  /** A picture: {@code wide}, {@code square}, {@code tall} or {@code small}. */
  public static BufferedImage image(String name) {
    try {
      return ImageIO.read(Fixtures.path("detectors/" + name + ".png").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The cases of a model: each has a picture and its labels. */
  public static List<JsonNode> cases(String model) {
    JsonNode cases = Fixtures.json("detectors/" + model + ".json");
    return StreamSupport.stream(cases.spliterator(), false).toList();
  }

  /** The name of a case's picture. */
  public static String imageName(JsonNode testCase) {
    return testCase.get("image").asText();
  }

  /** The labels of a case. */
  public static List<String> labels(JsonNode testCase) {
    return StreamSupport.stream(testCase.get("labels").spliterator(), false)
        .map(JsonNode::asText)
        .toList();
  }
}
