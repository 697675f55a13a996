package io.boxwright.job.benchmark;

import io.boxwright.diffusion.pipelines.Stage;
import java.util.Locale;
import java.util.Map;

/**
 * The times of one batch.
 *
 * @param rows the number of images of the batch
 * @param seconds the seconds from the prompts to the files
 * @param stages the seconds of each stage, by its name in lower case; {@code detect} is not part of
 *     {@code seconds}
 * @param predictions the UNet's predictions for each image
 */
record BatchTimes(int rows, double seconds, Map<String, Double> stages, int predictions) {

  private static final double NANOS = 1e9;

  /** Copies the map. */
  BatchTimes {
    stages = Map.copyOf(stages);
  }

  static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / NANOS;
  }

  static String name(Stage stage) {
    return stage.name().toLowerCase(Locale.ROOT);
  }

  double seconds(String stage) {
    return stages.getOrDefault(stage, 0.0);
  }

  /** Returns the seconds of guided passes and predictions. */
  double unetSeconds() {
    return seconds(name(Stage.GUIDE)) + seconds(name(Stage.DENOISE));
  }

  /** Returns the share of the time, 0 to 1, outside guided passes and predictions. */
  double shareOutsideUnet() {
    return 1 - unetSeconds() / seconds;
  }
}
