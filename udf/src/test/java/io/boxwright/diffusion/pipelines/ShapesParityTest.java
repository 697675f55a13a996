package io.boxwright.diffusion.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.guidance.BackwardGuidance;
import io.boxwright.diffusion.guidance.Guidance;
import io.boxwright.testing.Fixtures;
import io.boxwright.testing.Images;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Pictures of the trained Shapes pipeline match {@code shapes_fixtures.py}. This is a real model
 * over all of its steps, where small differences have time to grow.
 */
class ShapesParityTest {

  private static final JsonNode FILE = Fixtures.json("golden/shapes.json");
  private static final int SIZE = 128;
  private static final int ROWS = 2;

  private static LayoutGuidanceStableDiffusionPipeline pipeline;

  @BeforeAll
  static void load() {
    pipeline =
        LayoutGuidanceStableDiffusionPipeline.fromPretrained(
            Fixtures.shapes(), PretrainedOptions.cpu());
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  @Test
  void unguidedPicturesAreThoseOfDiffusers() throws IOException {
    assertPictures(0, BackwardGuidance.none());
  }

  @Test
  void guidedPicturesAreThoseOfTheReference() throws IOException {
    assertPictures(1, BackwardGuidance.paper());
  }

  /** Compares the first rows, as one batch, with a line of the sheet, which was made row by row. */
  private static void assertPictures(int line, Guidance guidance) throws IOException {
    List<GenerationRequest> requests =
        GuidedCases.stream(FILE.get("rows")).limit(ROWS).map(GuidedCases::request).toList();
    BufferedImage sheet = ImageIO.read(Fixtures.path("golden/shapes.png").toFile());
    GenerationOptions options =
        GenerationOptions.defaults().withNumInferenceSteps(FILE.get("steps").asInt());

    List<GeneratedImage> images = pipeline.generate(requests, options, guidance);

    for (int i = 0; i < images.size(); i++) {
      BufferedImage expected = sheet.getSubimage(i * SIZE, line * SIZE, SIZE, SIZE);
      assertThat(Images.largestDifference(images.get(i).image(), expected))
          .as("%s: largest difference of 255", requests.get(i).prompt())
          .isLessThanOrEqualTo(1);
    }
  }
}
