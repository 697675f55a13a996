package io.boxwright.udf.executor;

import ai.djl.Device;
import io.boxwright.diffusion.detection.ObjectDetector;
import io.boxwright.diffusion.detection.clip.CLIPScorer;
import io.boxwright.diffusion.pipelines.Stage;
import io.boxwright.files.NativeLibraries;
import io.boxwright.udf.counters.GenerationCounters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The detectors and CLIP scorers on a device of this executor: each is loaded by the first task
 * that asks for it and kept until the process ends, which frees it. A folder whose content is
 * another one counts as another model.
 */
public final class DeviceScorers {

  private final Device device;
  private final PipelineThread thread;
  private final LoadedDetectors detectors;
  private final KeptScorers<CLIPScorer> clips = new KeptScorers<>();

  /** Makes scorers for a device, none of them loaded. */
  DeviceScorers(Device device) {
    this.device = device;
    this.thread = new PipelineThread("scorers-" + DeviceType.name(device));
    this.detectors = new LoadedDetectors(device);
  }

  /** Returns the device. */
  public Device device() {
    return device;
  }

  /** Returns the thread that all scorers of the device work in, one batch after another. */
  public PipelineThread thread() {
    return thread;
  }

  /**
   * Returns a detector, which this object owns.
   *
   * @param model the detector's folder as the driver found it; empty if it has none
   * @param counters the counters, which record how long loading took
   * @throws io.boxwright.diffusion.loading.ModelLoadingException if the folder on this host is not
   *     the driver's, or cannot be loaded
   */
  public ObjectDetector detector(
      DetectorSpec spec, Optional<TransformersModel> model, GenerationCounters counters) {
    return load(spec, model, time -> counters.add(Stage.LOAD, time));
  }

  /** Returns a detector, as the other method does, where nothing counts the time of loading. */
  public ObjectDetector detector(DetectorSpec spec, Optional<TransformersModel> model) {
    return load(spec, model, time -> {});
  }

  private ObjectDetector load(
      DetectorSpec spec, Optional<TransformersModel> model, Consumer<Duration> recordLoad) {
    if (model.isPresent()) {
      prepareLibtorch();
    }
    return detectors.get(spec, model, recordLoad);
  }

  /**
   * Returns a CLIP scorer, which this object owns.
   *
   * @param counters the counters, which record how long loading took
   * @throws io.boxwright.diffusion.loading.ModelLoadingException if the folder on this host is not
   *     the driver's, or cannot be loaded
   */
  public CLIPScorer clip(TransformersModel model, GenerationCounters counters) {
    prepareLibtorch();
    return clips.get(model.folder(), Optional.of(model), () -> loadClip(model, counters));
  }

  private CLIPScorer loadClip(TransformersModel model, GenerationCounters counters) {
    long start = System.nanoTime();
    CLIPScorer scorer =
        CLIPScorer.fromPretrained(Path.of(model.folder()), device, WeightType.AUTO.on(device));
    counters.addLoad(
        "CLIP on " + DeviceType.name(device), Duration.ofNanos(System.nanoTime() - start));
    return scorer;
  }

  private void prepareLibtorch() {
    NativeLibraries.folder(); // fails with a clear message, which class initializers would hide
    DeviceType.requireUsable(device);
    if (!device.isGpu()) {
      PipelineLoader.LayoutGuidance.useAllCores();
    }
  }
}
