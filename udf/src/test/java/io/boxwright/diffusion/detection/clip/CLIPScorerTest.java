package io.boxwright.diffusion.detection.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.layout.BoundingBox;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.testing.DetectorFixtures;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CLIPScorerTest {

  private CLIPScorer scorer;

  @BeforeEach
  void load() {
    scorer =
        CLIPScorer.fromPretrained(DetectorFixtures.folder("clip"), Device.cpu(), DataType.FLOAT32);
  }

  @AfterEach
  void close() {
    scorer.close();
  }

  @Test
  void scoresAreCosinesOfTransformersInPercentAndNeverNegative() {
    boolean negative = false;
    for (JsonNode testCase : DetectorFixtures.cases("clip")) {
      BufferedImage image = DetectorFixtures.image(DetectorFixtures.imageName(testCase));
      List<String> labels = DetectorFixtures.labels(testCase);

      double[] scores = scorer.score(Collections.nCopies(labels.size(), image), labels);

      for (int i = 0; i < scores.length; i++) {
        double expected = testCase.get("scores").get(i).asDouble();
        assertThat(scores[i]).isEqualTo(expected, within(1e-2));
        negative |= testCase.get("cosines").get(i).asDouble() < 0;
      }
    }
    assertThat(negative).as("some cosine is negative").isTrue();
  }

  @Test
  void aFolderIsCheckedBeforeItIsLoaded() {
    CLIPScorer.check(DetectorFixtures.folder("clip"));

    Path other = DetectorFixtures.folder("owlvit");
    assertThatThrownBy(() -> CLIPScorer.check(other))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage(
            "Cannot load CLIPModel from %s: architectures in config.json is [OwlViTForObjectDetection]",
            other);
  }

  @Test
  void eachImageNeedsAText() {
    assertThatThrownBy(() -> scorer.score(List.of(), List.of("a cat")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("0 images, but 1 texts");
  }

  @Test
  void aCropHasThePixelsOfTheBox() {
    BufferedImage image = DetectorFixtures.image("wide"); // 96x64

    BufferedImage crop = CLIPScorer.crop(image, new BoundingBox(0.25, 0.5, 0.5, 1));

    assertThat(crop.getWidth()).isEqualTo(24);
    assertThat(crop.getHeight()).isEqualTo(32);
    assertThat(crop.getRGB(0, 0)).isEqualTo(image.getRGB(24, 32));
    assertThat(crop.getRGB(23, 31)).isEqualTo(image.getRGB(47, 63));
  }

  @Test
  void aCropHasAtLeastOnePixel() {
    BufferedImage image = DetectorFixtures.image("small");

    BufferedImage crop = CLIPScorer.crop(image, new BoundingBox(0.9999, 0.9999, 1, 1));

    assertThat(crop.getWidth()).isEqualTo(1);
    assertThat(crop.getHeight()).isEqualTo(1);
    assertThat(crop.getRGB(0, 0)).isEqualTo(image.getRGB(22, 30));
  }
}
