package io.boxwright.udf.executor;

import ai.djl.Device;
import io.boxwright.diffusion.detection.DetectorFactory;
import io.boxwright.diffusion.detection.DetectorOptions;
import io.boxwright.diffusion.detection.ObjectDetector;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The detectors on a device: one for each class of factory, its options and the content of its
 * folder, loaded by the first task that asks for it and closed together.
 */
public final class LoadedDetectors implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LoadedDetectors.class);

  private final Device device;
  private final KeptScorers<ObjectDetector> detectors = new KeptScorers<>();

  /** Makes detectors for a device, none of them loaded. */
  LoadedDetectors(Device device) {
    this.device = device;
  }

  private record Kind(Class<? extends DetectorFactory> factory, DetectorOptions options) {}

  /**
   * Returns a detector, which this object owns and closes.
   *
   * @param model the detector's folder as the driver found it; empty if it has none
   * @param recordLoad called with the time that loading took, if the detector was loaded
   * @throws IllegalArgumentException as {@link DetectorFactory#load} does
   * @throws io.boxwright.diffusion.loading.ModelLoadingException if the folder on this host is not
   *     the driver's, or as {@link DetectorFactory#load} does
   */
  public ObjectDetector get(
      DetectorSpec spec, Optional<TransformersModel> model, Consumer<Duration> recordLoad) {
    Kind kind = new Kind(spec.factory().getClass(), spec.options(device));
    return detectors.get(kind, model, () -> load(spec, recordLoad));
  }

  private ObjectDetector load(DetectorSpec spec, Consumer<Duration> recordLoad) {
    long start = System.nanoTime();
    ObjectDetector detector = spec.factory().load(spec.options(device));
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    LOG.info(
        "Loaded detector {} on {} in {} s",
        spec.factory().name(),
        DeviceType.describe(device),
        time.toSeconds());
    recordLoad.accept(time);
    return detector;
  }

  /** Closes all of them; a failure is logged and the others are still closed. */
  @Override
  public void close() {
    detectors.close();
  }
}
