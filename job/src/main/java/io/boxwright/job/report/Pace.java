package io.boxwright.job.report;

import java.util.Locale;

/** Short texts for speeds and times. */
final class Pace {

  private Pace() {}

  /**
   * Formats a speed, such as {@code 2.5/s}, or {@code 4.0 s an image} if it is below one a second.
   */
  static String formatSpeed(double perSecond) {
    return perSecond < 1
        ? String.format(Locale.ROOT, "%.1f s an image", 1 / perSecond)
        : String.format(Locale.ROOT, "%.1f/s", perSecond);
  }

  /**
   * Formats a time as minutes and seconds, {@code 4:05}, and from one hour on as {@code 1:04:05}.
   */
  static String formatTime(double seconds) {
    long rounded = Math.round(seconds);
    return rounded < 3600
        ? "%d:%02d".formatted(rounded / 60, rounded % 60)
        : "%d:%02d:%02d".formatted(rounded / 3600, rounded / 60 % 60, rounded % 60);
  }
}
