package io.boxwright.job.actions;

import io.boxwright.job.exporting.BestImages;
import io.boxwright.job.exporting.BoxSource;
import io.boxwright.job.exporting.ExportSettings;
import io.boxwright.job.exporting.LabelMap;
import io.boxwright.job.exporting.MissingClasses;
import io.boxwright.job.exporting.Splits;
import io.boxwright.job.exporting.Treatment;
import java.util.function.Consumer;

/** The settings of an export that a test may change; the others are those of the command. */
final class ExportChoice {

  private final String format;
  LabelMap labels = LabelMap.PHRASES;
  MissingClasses missing = MissingClasses.STOP;
  BoxSource boxes = BoxSource.REQUESTED;
  String evaluation;
  Splits split = Splits.ONE;
  String where;
  BestImages best;
  Integer maxPerClass;
  Treatment duplicates = Treatment.KEEP;
  String license;

  private ExportChoice(String format) {
    this.format = format;
  }

  /** Leaves everything as it is. */
  static ExportChoice of(String format) {
    return new ExportChoice(format);
  }

  /** Changes some settings. */
  static ExportChoice of(String format, Consumer<ExportChoice> change) {
    ExportChoice choice = new ExportChoice(format);
    change.accept(choice);
    return choice;
  }

  /** Makes the settings; a shard has four images. */
  ExportSettings settings() {
    return new ExportSettings(
        format,
        labels,
        missing,
        boxes,
        evaluation,
        0.5,
        Treatment.KEEP,
        Treatment.KEEP,
        split,
        where,
        best,
        maxPerClass,
        duplicates,
        4,
        4,
        license);
  }
}
