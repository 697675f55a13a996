package io.boxwright.job.importing;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.text.Printable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The formats by their names. */
public final class LayoutFormats {

  private static final Map<String, Function<ImportSettings, LayoutFormat>> FORMATS =
      new LinkedHashMap<>();

  static {
    FORMATS.put("7bench", settings -> new ObjectColumnsFormat(settings.format()));
    FORMATS.put("c-bench", settings -> new ObjectColumnsFormat(settings.format()));
    FORMATS.put("o-bench", settings -> new ObjectColumnsFormat(settings.format()));
    FORMATS.put("nsr-1k", settings -> new Nsr1kFormat());
    FORMATS.put("lmd", settings -> new LmdFormat());
    FORMATS.put("coco-mig", settings -> new CocoMigFormat());
    FORMATS.put("hrs", settings -> new HrsFormat());
    FORMATS.put("boxdiff", settings -> new BoxDiffFormat());
    FORMATS.put("layoutbench-coco", settings -> new LayoutBenchCocoFormat());
    FORMATS.put("coco", settings -> new CocoFormat(settings.objects()));
    FORMATS.put("geneval", settings -> new GenEvalFormat());
    FORMATS.put("visor", settings -> new VisorFormat());
    FORMATS.put("table", settings -> new TableFormat(settings.table()));
  }

  private LayoutFormats() {}

  /** Returns the names of all formats. */
  public static List<String> names() {
    return List.copyOf(FORMATS.keySet());
  }

  /**
   * Makes the format that the settings name.
   *
   * @throws InvalidInputException listing the names, if there is none of that name
   */
  static LayoutFormat make(ImportSettings settings) {
    Function<ImportSettings, LayoutFormat> format = FORMATS.get(settings.format());
    if (format == null) {
      throw new InvalidInputException(
          "Unknown format '%s': it must be one of %s"
              .formatted(Printable.value(settings.format()), String.join(", ", names())));
    }
    return format.apply(settings);
  }
}
