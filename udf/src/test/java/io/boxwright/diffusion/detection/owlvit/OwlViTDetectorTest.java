package io.boxwright.diffusion.detection.owlvit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.detection.DetectorOptions;
import io.boxwright.diffusion.detection.LabelMode;
import io.boxwright.diffusion.detection.ObjectDetector;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.testing.DetectorFixtures;
import io.boxwright.testing.ModelCopy;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwlViTDetectorTest {

  private static final OwlViTFactory FACTORY = new OwlViTFactory(OwlViTVersion.OWLVIT);

  private final BufferedImage wide = DetectorFixtures.image("wide");
  private final BufferedImage tall = DetectorFixtures.image("tall");
  @TempDir private Path temporary;
  private ObjectDetector detector;

  @BeforeEach
  void load() {
    detector = FACTORY.load(DetectorOptions.cpu(DetectorFixtures.folder("owlvit")));
  }

  @AfterEach
  void close() {
    detector.close();
  }

  @Test
  void detectionsDoNotDependOnOtherImages() {
    List<String> labels = List.of("a cat", "a red circle");

    List<List<Detection>> together =
        detector.detect(List.of(tall, wide), List.of(List.of("a boat"), labels));

    assertThat(together.get(1)).isNotEmpty().isEqualTo(detector.detect(wide, labels));
  }

  @Test
  void aloneLabelsDoNotDependOnOtherLabels() {
    List<Detection> cats = detector.detect(wide, List.of("a cat"));

    assertThat(detector.detect(wide, List.of("a red circle", "a cat")))
        .filteredOn(detection -> detection.query().equals("a cat"))
        .isEqualTo(cats);
  }

  @Test
  void theThresholdIsALowerLimit() {
    double threshold = 0.5;
    DetectorOptions options =
        new DetectorOptions(
            Optional.of(DetectorFixtures.folder("owlvit")),
            Device.cpu(),
            DataType.FLOAT32,
            threshold,
            LabelMode.ALONE);
    List<String> labels = List.of("a red circle", "a cat");
    try (ObjectDetector strict = FACTORY.load(options)) {
      List<Detection> all = detector.detect(wide, labels);
      List<Detection> best =
          all.stream().filter(detection -> detection.score() > threshold).toList();
      assertThat(best).hasSizeLessThan(all.size());
      assertThat(strict.detect(wide, labels)).isEqualTo(best);
    }
  }

  @Test
  void anImageWithoutLabelsHasNoDetections() {
    assertThat(detector.detect(List.of(wide), List.of(List.of()))).containsExactly(List.of());
    assertThat(detector.detect(List.of(), List.of())).isEmpty();
  }

  @Test
  void aLabelThatIsTooLongIsRefused() {
    String label = "a cat and " + "a dog and ".repeat(6) + "a bird";

    assertThatThrownBy(() -> detector.detect(List.of(wide), List.of(List.of("a cat", label))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(label)
        .hasMessageEndingWith("tokens, this model reads at most 14");
  }

  @Test
  void eachImageNeedsItsLabels() {
    assertThatThrownBy(() -> detector.detect(List.of(wide, tall), List.of(List.of("a cat"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 images, but labels of 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "config.json | \"image_size\": 64 | \"image_size\": 96 | size in preprocessor_config.json is 64, but image_size of vision_config in config.json is 96",
        "config.json | \"projection_dim\": 24 | \"projection_dim\": 25 | projection_dim is 25, it must be hidden_size of text_config, 24",
        "config.json | \"num_hidden_layers\": 2 | \"num_hidden_layers\": 3 | 32 missing tensors: ",
        "config.json | \"patch_size\": 16 | \"patch_size\": 65 | vision_config: patch_size is 65, it must be from 1 to 64",
        "tokenizer_config.json | \"model_max_length\": 16 | \"model_max_length\": 77 | model_max_length in tokenizer_config.json is 77, but max_position_embeddings of text_config in config.json is 16",
        "preprocessor_config.json | \"do_center_crop\": false | \"do_center_crop\": true | do_center_crop is true, it must be false",
      })
  void namesWhatIsWrongWithAFolder(String file, String good, String bad, String problem)
      throws Exception {
    Path folder =
        ModelCopy.of(DetectorFixtures.folder("owlvit"), temporary.resolve("model")).folder();
    String text = Files.readString(folder.resolve(file));
    assertThat(text).contains(good);
    Files.writeString(folder.resolve(file), text.replace(good, bad));

    assertThatThrownBy(() -> FACTORY.check(folder))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(problem);
    assertThatThrownBy(() -> FACTORY.load(DetectorOptions.cpu(folder)))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void aFolderWithoutAnImageProcessorIsRefused() throws Exception {
    Path folder =
        ModelCopy.of(DetectorFixtures.folder("owlvit"), temporary.resolve("model")).folder();
    Files.delete(folder.resolve("preprocessor_config.json"));

    assertThatThrownBy(() -> FACTORY.check(folder))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessage(
            "Cannot read %s: it does not exist", folder.resolve("preprocessor_config.json"));
  }
}
