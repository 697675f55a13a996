package io.boxwright.job.report;

import java.util.Locale;

/** How fast images are made, and how long it takes, in few words. */
final class Pace {

  private Pace() {}

  /** Such as {@code 2.5/s}, or {@code 4.0 s an image} where there is less than one a second. */
  static String speed(double perSecond) {
    return perSecond < 1
        ? String.format(Locale.ROOT, "%.1f s an image", 1 / perSecond)
        : String.format(Locale.ROOT, "%.1f/s", perSecond);
  }

  /** Minutes and seconds, {@code 4:05}; hours before them from one on, {@code 1:04:05}. */
  static String time(double seconds) {
    long rounded = Math.round(seconds);
    return rounded < 3600
        ? "%d:%02d".formatted(rounded / 60, rounded % 60)
        : "%d:%02d:%02d".formatted(rounded / 3600, rounded / 60 % 60, rounded % 60);
  }
}
