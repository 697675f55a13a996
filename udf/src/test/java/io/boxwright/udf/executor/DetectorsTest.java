package io.boxwright.udf.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import io.boxwright.diffusion.detection.DetectorOptions;
import io.boxwright.diffusion.detection.LabelMode;
import io.boxwright.diffusion.detection.owlvit.OwlViTFactory;
import io.boxwright.diffusion.detection.owlvit.OwlViTVersion;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.testing.DetectorFixtures;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DetectorsTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"owlvit, OWLVIT", "owlv2, OWLV2"})
  void theFolderSaysWhichDetectorItIs(String name, OwlViTVersion version) {
    Path model = DetectorFixtures.folder(name);

    DetectorSpec spec = Detectors.of(model.toString()).orElseThrow();

    assertThat(spec).isEqualTo(DetectorSpec.of(new OwlViTFactory(version), model));
    spec.check();
  }

  @Test
  void theDefaultsAreThoseOfThePipelineOfTransformers() {
    DetectorSpec spec = Detectors.of(DetectorFixtures.folder("owlvit").toString()).orElseThrow();

    DetectorOptions options = spec.options(Device.cpu());

    assertThat(options.threshold()).isEqualTo(0.1);
    assertThat(options.labels()).isEqualTo(LabelMode.ALONE);
    assertThat(options.dataType()).isEqualTo(DataType.FLOAT32);
    assertThat(spec.options(Device.gpu()).dataType()).isEqualTo(DataType.FLOAT16);
  }

  @Test
  void aDetectorIsAValueThatCanBeSent() throws Exception {
    DetectorSpec spec =
        Detectors.of(DetectorFixtures.folder("owlv2").toString()).orElseThrow().withThreshold(0.3);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(spec);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(spec);
    }
  }

  @Test
  void namesAreFoundInAnyCase() {
    assertThat(Detectors.of("Shapes").orElseThrow().factory().name()).isEqualTo("shapes");
    assertThat(Detectors.of("none")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"architectures\": [\"CLIPModel\"]} | architectures in config.json is [CLIPModel], there are detectors for OwlViTForObjectDetection, Owlv2ForObjectDetection",
        "{} | architectures in config.json is missing, there are detectors for",
        "[] | it holds no JSON object"
      })
  void aFolderOfAnythingElseIsRefusedByName(String config, String problem) throws Exception {
    Files.writeString(folder.resolve("config.json"), config);

    assertThatThrownBy(() -> Detectors.of(folder.toString()))
        .isInstanceOf(ModelLoadingException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(problem);
  }
}
