package io.boxwright.diffusion.detection.owlvit;

import io.boxwright.diffusion.detection.DetectorFactory;
import io.boxwright.diffusion.detection.DetectorOptions;
import io.boxwright.diffusion.detection.ObjectDetector;
import java.nio.file.Path;

/**
 * A factory of {@link OwlViTDetector}s.
 *
 * @param version the version of the model
 */
public record OwlViTFactory(OwlViTVersion version) implements DetectorFactory {

  @Override
  public String name() {
    return version.toString();
  }

  @Override
  public void check(Path modelFolder) {
    OwlViTDetector.check(version, modelFolder);
  }

  @Override
  public ObjectDetector load(DetectorOptions options) {
    return OwlViTDetector.fromPretrained(version, options);
  }
}
