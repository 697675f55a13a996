package io.boxwright.udf;

import io.boxwright.diffusion.detection.Detection;
import io.boxwright.diffusion.detection.ObjectDetector;
import io.boxwright.udf.executor.DetectorSpec;
import io.boxwright.udf.executor.Detectors;
import io.boxwright.udf.executor.DeviceScorers;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.executor.ExecutorScorers;
import io.boxwright.udf.executor.TransformersModel;
import java.awt.image.BufferedImage;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The detectors, by the names that {@link Detectors} knows. A process loads each detector once for
 * each device, at its first use, and keeps it until the process ends, which frees it. If a
 * detector's folder changes meanwhile, it is not read again.
 */
final class NamedDetectors implements Serializable {

  private static final long serialVersionUID = 1;
  private static final Map<String, Choice> CHOICES = new ConcurrentHashMap<>();

  private final String modelCache;

  /**
   * Creates detectors, none of them loaded.
   *
   * @param modelCache the folder on each host where hashes of models are remembered
   */
  NamedDetectors(Path modelCache) {
    this.modelCache = modelCache.toString(); // a Path is not serializable
  }

  /** A detector, and the content of its folder; empty if it has none. */
  private record Choice(DetectorSpec spec, Optional<TransformersModel> model) {}

  /**
   * Looks for objects on the GPU of the running task, otherwise on the first of the machine,
   * otherwise on the CPU.
   *
   * @param name the name of a detector, or the folder of its model on this host
   * @return the detections in any order
   * @throws IllegalArgumentException naming a detector that does not exist, or a label that it
   *     cannot look for
   * @throws io.boxwright.diffusion.loading.ModelLoadingException naming the file of the model that
   *     cannot be read; the next call tries again
   */
  List<Detection> detect(String name, BufferedImage image, List<String> labels) {
    Choice choice = CHOICES.computeIfAbsent(name, this::choose);
    DeviceScorers device = ExecutorScorers.get(DeviceType.AUTO);
    ObjectDetector detector = device.detector(choice.spec(), choice.model());
    return device.thread().run(() -> detector.detect(image, labels));
  }

  private Choice choose(String name) {
    DetectorSpec spec =
        Detectors.of(name)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Invalid detector: %s looks for nothing".formatted(name)));
    return new Choice(
        spec,
        Optional.ofNullable(spec.modelFolder())
            .map(folder -> TransformersModel.of(Path.of(folder), Path.of(modelCache))));
  }
}
