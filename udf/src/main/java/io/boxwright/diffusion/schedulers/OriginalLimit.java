package io.boxwright.diffusion.schedulers;

import ai.djl.ndarray.NDArray;
import io.boxwright.diffusion.loading.ConfigValues;
import io.boxwright.torch.TorchKernels;

/**
 * The limit of predicted originals.
 *
 * @param kind the kind of limit
 * @param clipRange {@code clip_sample_range}: the largest absolute value after clipping, greater
 *     than 0
 * @param ratio {@code dynamic_thresholding_ratio}: the quantile of a row's absolute values that
 *     thresholding clips to, 0..1
 * @param largest {@code sample_max_value}: the largest value that thresholding clips to, at least 1
 */
record OriginalLimit(Kind kind, double clipRange, double ratio, double largest) {

  /** The kinds of limit. */
  enum Kind {
    /** No limit. */
    NONE,
    /** Clipping to a range: {@code clip_sample}. */
    CLIPPING,
    /** Clipping to a quantile, and division by it: {@code thresholding}, of "Imagen". */
    THRESHOLDING
  }

  OriginalLimit {
    ConfigValues.require(
        clipRange > 0 && Double.isFinite(clipRange),
        "clip_sample_range",
        clipRange,
        "a finite number greater than 0");
    ConfigValues.require(
        ratio >= 0 && ratio <= 1, "dynamic_thresholding_ratio", ratio, "between 0 and 1");
    ConfigValues.require(
        largest >= 1 && Double.isFinite(largest),
        "sample_max_value",
        largest,
        "a finite number of at least 1");
  }

  /** Reads {@code thresholding} and its options. */
  static OriginalLimit readThresholding(SchedulerConfig config) {
    return new OriginalLimit(
        config.flag("thresholding", false) ? Kind.THRESHOLDING : Kind.NONE,
        1,
        config.number("dynamic_thresholding_ratio", 0.995),
        config.number("sample_max_value", 1));
  }

  /** Reads {@code clip_sample}, by default {@code otherwise}, and its option. */
  static OriginalLimit readClipping(SchedulerConfig config, Kind otherwise) {
    return new OriginalLimit(
        config.flag("clip_sample", otherwise == Kind.CLIPPING) ? Kind.CLIPPING : Kind.NONE,
        config.number("clip_sample_range", 1),
        1,
        1);
  }

  /** Reads both; thresholding goes before clipping. */
  static OriginalLimit read(SchedulerConfig config, Kind otherwise) {
    OriginalLimit clipping = readClipping(config, otherwise);
    OriginalLimit thresholding = readThresholding(config);
    return new OriginalLimit(
        thresholding.kind() == Kind.NONE ? clipping.kind() : thresholding.kind(),
        clipping.clipRange(),
        thresholding.ratio(),
        thresholding.largest());
  }

  /** Limits predicted originals, (B, C, h, w). The result may be the same array. */
  NDArray apply(NDArray original) {
    return switch (kind) {
      case NONE -> original;
      case CLIPPING -> TorchKernels.clamp(original, -clipRange, clipRange);
      case THRESHOLDING -> SchedulerKernels.threshold(original, ratio, largest);
    };
  }
}
