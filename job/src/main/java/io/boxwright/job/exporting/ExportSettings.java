package io.boxwright.job.exporting;

import io.boxwright.job.input.InvalidInputException;
import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The settings of an export: a value that can be sent to executors.
 *
 * @param format the name of the format, one of {@link DatasetFormats#names}
 * @param labels the classes of phrases
 * @param missingClasses the treatment of boxes whose phrase the label map lacks
 * @param boxes the source of the boxes
 * @param evaluation the name of the evaluation; null if none is needed
 * @param matchIou the IoU from which on a detection agrees with a box, above 0 and at most 1
 * @param negatives the treatment of images without boxes
 * @param crowds the treatment of boxes that stand for several things
 * @param split the splits
 * @param where the SQL condition of images; null if all are taken
 * @param best the choice of the best images of each prompt; null if all are taken
 * @param maxPerClass the most boxes of a class in a split; null if there is no limit
 * @param duplicates the treatment of images that look like others of their prompt
 * @param duplicateDistance the most bits, 0..64, in which the hashes of such images differ
 * @param shardImages the number of images of a shard of the format webdataset, at least 1
 * @param license the licence; null if it is not stated
 */
public record ExportSettings(
    String format,
    LabelMap labels,
    MissingClasses missingClasses,
    BoxSource boxes,
    String evaluation,
    double matchIou,
    Treatment negatives,
    Treatment crowds,
    Splits split,
    String where,
    BestImages best,
    Integer maxPerClass,
    Treatment duplicates,
    int duplicateDistance,
    int shardImages,
    String license)
    implements Serializable {

  /**
   * Checks the values.
   *
   * @throws InvalidInputException naming the option that is out of range or lacks another one
   */
  public ExportSettings {
    DatasetFormats.of(format);
    if (boxes.needsEvaluation() && evaluation == null) {
      throw new InvalidInputException(
          "--boxes %s needs the name of an --evaluation"
              .formatted(boxes.name().toLowerCase(Locale.ROOT)));
    }
    require(matchIou > 0 && matchIou <= 1, "match_iou", matchIou, "above 0 and at most 1");
    require(maxPerClass == null || maxPerClass > 0, "max_per_class", maxPerClass, "at least 1");
    require(
        duplicateDistance >= 0 && duplicateDistance <= Long.SIZE,
        "duplicate_distance",
        duplicateDistance,
        "0 to 64");
    require(shardImages > 0, "shard_images", shardImages, "at least 1");
  }

  private static void require(boolean valid, String name, Object value, String range) {
    if (!valid) {
      throw new InvalidInputException(
          "Invalid option: %s is %s, it must be %s".formatted(name, value, range));
    }
  }

  /**
   * Returns the settings, by name, that determine the dataset; those that are not set are left out.
   */
  Map<String, String> options() {
    Map<String, String> options = new TreeMap<>();
    options.put("format", format);
    options.put("labels", labels.describe());
    options.put("missing_classes", spell(missingClasses));
    options.put("boxes", spell(boxes));
    put(options, "evaluation", evaluation);
    if (boxes == BoxSource.MATCHED) {
      options.put("match_iou", String.valueOf(matchIou));
    }
    options.put("negatives", spell(negatives));
    options.put("crowds", spell(crowds));
    options.put("split", split.toString());
    put(options, "where", where);
    if (best != null) {
      options.put("best", String.valueOf(best.count()));
      options.put("by", best.column());
    }
    put(options, "max_per_class", maxPerClass);
    options.put("duplicates", spell(duplicates));
    if (duplicates == Treatment.DROP) {
      options.put("duplicate_distance", String.valueOf(duplicateDistance));
    }
    if (DatasetFormats.of(format).isSharded()) {
      options.put("shard_images", String.valueOf(shardImages));
    }
    put(options, "license", license);
    return options;
  }

  private static void put(Map<String, String> options, String name, Object value) {
    if (value != null) {
      options.put(name, value.toString());
    }
  }

  private static String spell(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
