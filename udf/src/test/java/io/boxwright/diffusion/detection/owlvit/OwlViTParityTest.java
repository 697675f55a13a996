package io.boxwright.diffusion.detection.owlvit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import io.boxwright.diffusion.clip.ImageProcessor;
import io.boxwright.diffusion.clip.ImageProcessorConfig;
import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.detection.DetectorOptions;
import io.boxwright.diffusion.detection.LabelMode;
import io.boxwright.diffusion.detection.ObjectDetector;
import io.boxwright.diffusion.loading.StateDict;
import io.boxwright.testing.DetectorFixtures;
import io.boxwright.testing.Fixtures;
import io.boxwright.torch.GradMode;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwlViTParityTest {

  private static final double TOLERANCE = 1e-4;

  private NDManager manager;
  private GradMode gradMode;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    gradMode = GradMode.disabled();
  }

  @AfterEach
  void close() {
    gradMode.close();
    manager.close();
  }

  @ParameterizedTest
  @CsvSource({"owlvit, OWLVIT", "owlv2, OWLV2"})
  void preparesImagesAsTransformersDoesWithPillowAndScipy(String name, OwlViTVersion version) {
    Map<String, NDArray> expected = Fixtures.tensors("detectors/" + name + ".safetensors", manager);
    ImageProcessor processor =
        version.imageProcessor(ImageProcessorConfig.read(DetectorFixtures.folder(name)));
    for (JsonNode testCase : DetectorFixtures.cases(name)) {
      String image = DetectorFixtures.imageName(testCase);

      NDArray pixels = processor.process(List.of(DetectorFixtures.image(image)), manager);

      NDArray wanted = expected.get(image + ".pixels");
      Fixtures.assertWithin(pixels.reshape(wanted.getShape()), wanted, 1e-5);
    }
  }

  @ParameterizedTest
  @CsvSource({"owlvit, OWLVIT", "owlv2, OWLV2", "owlvit-grid, OWLVIT"})
  void givesTheLogitsAndBoxesOfTransformers(String name, OwlViTVersion version) {
    Map<String, NDArray> expected = Fixtures.tensors("detectors/" + name + ".safetensors", manager);
    Path folder = DetectorFixtures.folder(name);
    OwlViTForObjectDetection model = load(folder, version);
    ImageProcessor processor = version.imageProcessor(ImageProcessorConfig.read(folder));
    for (JsonNode testCase : DetectorFixtures.cases(name)) {
      String image = DetectorFixtures.imageName(testCase);
      NDArray pixels = processor.process(List.of(DetectorFixtures.image(image)), manager);

      NDArray features = model.features(pixels);
      NDArray queries = expected.get(image + ".text_embeds");

      Fixtures.assertClose(
          model.logits(features.get(0), queries), expected.get(image + ".logits"), TOLERANCE);
      Fixtures.assertWithin(
          model.boxes(features).get(0), expected.get(image + ".boxes"), TOLERANCE);
    }
  }

  private OwlViTForObjectDetection load(Path folder, OwlViTVersion version) {
    StateDict weights =
        StateDict.open("detector", folder, "model", null, manager, DataType.FLOAT32);
    return new OwlViTForObjectDetection(
        OwlViTConfig.read(folder.resolve("config.json")),
        weights,
        weights.at(version.toString()),
        manager);
  }

  @ParameterizedTest
  @CsvSource({
    "owlvit, OWLVIT, ALONE",
    "owlvit, OWLVIT, TOGETHER",
    "owlv2, OWLV2, ALONE",
    "owlv2, OWLV2, TOGETHER",
    "owlvit-grid, OWLVIT, ALONE",
  })
  void findsWhatTransformersFinds(String name, OwlViTVersion version, LabelMode mode) {
    List<JsonNode> cases = DetectorFixtures.cases(name);
    List<BufferedImage> images =
        cases.stream().map(DetectorFixtures::imageName).map(DetectorFixtures::image).toList();
    List<List<String>> labels = cases.stream().map(DetectorFixtures::labels).toList();
    DetectorOptions options =
        new DetectorOptions(
            Optional.of(DetectorFixtures.folder(name)), Device.cpu(), DataType.FLOAT32, 0.1, mode);

    List<List<Detection>> found;
    try (ObjectDetector detector = new OwlViTFactory(version).load(options)) {
      found = detector.detect(images, labels);
    }

    assertThat(found).hasSameSizeAs(cases).anySatisfy(each -> assertThat(each).isNotEmpty());
    String key = mode == LabelMode.ALONE ? "alone" : "together";
    for (int i = 0; i < cases.size(); i++) {
      assertFound(found.get(i), cases.get(i).get(key), images.get(i));
    }
  }

  private static void assertFound(List<Detection> actual, JsonNode expected, BufferedImage image) {
    List<JsonNode> wanted =
        StreamSupport.stream(expected.spliterator(), false)
            .filter(each -> isInImage(each.get("box"), image))
            .sorted(Comparator.comparingDouble(each -> -each.get("score").asDouble()))
            .toList();
    assertThat(actual).hasSameSizeAs(wanted);
    for (int i = 0; i < wanted.size(); i++) {
      Detection detection = actual.get(i);
      assertThat(detection.query()).isEqualTo(wanted.get(i).get("label").asText());
      assertThat(detection.right()).isTrue();
      assertThat(detection.score())
          .isEqualTo(wanted.get(i).get("score").asDouble(), within(TOLERANCE));
      double[] edges = {
        detection.predicted().xMin() * image.getWidth(),
        detection.predicted().yMin() * image.getHeight(),
        detection.predicted().xMax() * image.getWidth(),
        detection.predicted().yMax() * image.getHeight()
      };
      for (int edge = 0; edge < edges.length; edge++) {
        double pixels = wanted.get(i).get("box").get(edge).asDouble();
        assertThat(edges[edge]).isEqualTo(pixels, within(TOLERANCE * 200));
      }
    }
  }

  private static boolean isInImage(JsonNode box, BufferedImage image) {
    return box.get(0).asDouble() < image.getWidth()
        && box.get(1).asDouble() < image.getHeight()
        && box.get(2).asDouble() > 0
        && box.get(3).asDouble() > 0;
  }
}
