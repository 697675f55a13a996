package io.boxwright.diffusion.guidance;

import io.boxwright.diffusion.loading.JsonConfig;
import io.boxwright.diffusion.loading.ModelLoadingException;
import io.boxwright.diffusion.loading.RegularFile;
import io.boxwright.text.Printable;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The methods of guidance by name. */
public final class Guidances {

  /** The name of the guidance that does nothing. */
  public static final String NONE = "none";

  private static final String FILE_NAME = "layout_guidance.json";
  private static final String METHOD = "method";
  private static final String DEFAULT = "paper";

  private static final Map<String, Guidance> BY_NAME = new LinkedHashMap<>();

  static {
    BY_NAME.put(DEFAULT, BackwardGuidance.paper());
    BY_NAME.put("tflcg", BackwardGuidance.tflcg());
    BY_NAME.put(NONE, BackwardGuidance.none());
  }

  private Guidances() {}

  /** Returns the names, the default first. */
  public static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }

  /**
   * Returns a guidance by its name, with its default options.
   *
   * @throws IllegalArgumentException listing the names, if there is no guidance of this name
   */
  public static Guidance of(String name) {
    Guidance guidance = BY_NAME.get(name);
    if (guidance == null) {
      throw new IllegalArgumentException(
          "Unknown guidance %s; there are %s"
              .formatted(Printable.name(name), String.join(", ", names())));
    }
    return guidance;
  }

  /**
   * Reads the guidance that suits a model from {@code layout_guidance.json} in its folder. There
   * {@code method} is one of the {@link #names}, and the other keys are options of that method.
   * Without {@code method}, or without the file, the method is {@code paper}; {@code none} has no
   * options.
   *
   * @throws ModelLoadingException naming the file, and the key or value that is wrong
   */
  public static Guidance fromPretrained(Path folder) {
    Path file = folder.resolve(FILE_NAME);
    if (!RegularFile.isListed(file)) {
      return of(DEFAULT);
    }
    Map<String, Object> options = new LinkedHashMap<>(JsonConfig.readMap(file));
    Object method = options.remove(METHOD);
    try {
      Guidance guidance = of(readMethod(method));
      if (NONE.equals(method) && !options.isEmpty()) {
        throw new IllegalArgumentException(
            "method none has no options, but there is "
                + Printable.name(options.keySet().iterator().next()));
      }
      return guidance.withOptions(options);
    } catch (IllegalArgumentException e) {
      throw new ModelLoadingException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static String readMethod(Object method) {
    if (method == null) {
      return DEFAULT;
    }
    if (method instanceof String name) {
      return name;
    }
    throw new IllegalArgumentException(
        "method is %s, it must be one of %s"
            .formatted(Printable.value(method), String.join(", ", names())));
  }
}
