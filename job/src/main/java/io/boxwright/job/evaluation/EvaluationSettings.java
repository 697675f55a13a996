package io.boxwright.job.evaluation;

import io.boxwright.files.Sha256;
import io.boxwright.job.figures.LabelSource;
import io.boxwright.job.figures.LabelTemplate;
import io.boxwright.udf.executor.DetectorSpec;
import io.boxwright.udf.executor.DeviceType;
import io.boxwright.udf.executor.TransformersModel;
import java.io.Serializable;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The settings of an evaluation: a value that can be sent to executors.
 *
 * @param benchmark the name of the benchmark, or null
 * @param detector the detector; null for CLIP scores alone
 * @param detectorModel the content of the detector's folder; null if it has none
 * @param source where the labels of an image come from
 * @param template the sentence around a label
 * @param clip the folder of the CLIP model; null for no CLIP scores
 * @param batchSize the number of images that are scored together, at least 1
 * @param deviceType where the models run
 */
public record EvaluationSettings(
    String benchmark,
    DetectorSpec detector,
    TransformersModel detectorModel,
    LabelSource source,
    LabelTemplate template,
    TransformersModel clip,
    int batchSize,
    DeviceType deviceType)
    implements Serializable {

  /** The benchmark that needs the colours of boxes. */
  private static final String COLORED = "coco-mig";

  /** The option with the name of the benchmark. */
  static final String BENCHMARK = "benchmark";

  /** The value of an option that was not given. */
  static final String NONE = "none";

  /**
   * Checks that there is something to score.
   *
   * @throws IllegalArgumentException if there is neither a detector nor CLIP, or the batch is empty
   */
  public EvaluationSettings {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(template, "template");
    Objects.requireNonNull(deviceType, "deviceType");
    if (detector == null && clip == null) {
      throw new IllegalArgumentException(
          "An evaluation needs a detector or a CLIP model (--detector or --clip)");
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException(
          "Invalid batch size: %d, it must be at least 1".formatted(batchSize));
    }
  }

  /** Returns whether the colours of the asked-for boxes are measured. */
  boolean measuresColors() {
    return COLORED.equals(benchmark);
  }

  /** Returns the name of the detector, or {@code none}. */
  public String detectorName() {
    return detector == null ? NONE : detector.factory().name();
  }

  /** Returns a hash of all models, as 64 hexadecimal digits. */
  public String modelHash() {
    return Sha256.hex(
        "%s %s %s".formatted(detectorName(), describe(detectorModel), describe(clip)));
  }

  private static String describe(TransformersModel model) {
    return model == null ? NONE : model.fingerprint().hex();
  }

  /** Returns everything besides the models that the rows depend on, by name. */
  public Map<String, String> options() {
    Map<String, String> options = new TreeMap<>();
    options.put(BENCHMARK, Optional.ofNullable(benchmark).orElse(NONE));
    options.put("detector", detectorName());
    options.put("clip", clip == null ? NONE : clip.fingerprint().hex());
    options.put("device", deviceType.toString());
    options.put("batch_size", String.valueOf(batchSize));
    if (detector != null) {
      options.put("threshold", String.valueOf(detector.threshold()));
      options.put("labels", detector.labels().toString());
      options.put("label_source", source.toString());
      options.put("template", template.text());
    }
    return options;
  }
}
