package io.boxwright.diffusion.schedulers;

import io.boxwright.text.Printable;
import java.util.List;

/** Refuses configuration values by name; {@link Schedulers#create} adds the scheduler's. */
final class UnsupportedConfig {

  private UnsupportedConfig() {}

  /** Gives {@code value} back if it is one of those supported. */
  static String oneOf(List<String> supported, String key, String value) {
    if (!supported.contains(value)) {
      throw new IllegalArgumentException(
          "%s is %s, supported are %s"
              .formatted(key, Printable.value(value), String.join(", ", supported)));
    }
    return value;
  }

  /** Refuses an option that is switched on. */
  static void refuse(String key, Boolean value) {
    if (Boolean.TRUE.equals(value)) {
      throw new IllegalArgumentException("%s is true, supported is false".formatted(key));
    }
  }
}
