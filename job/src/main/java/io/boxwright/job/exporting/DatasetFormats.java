package io.boxwright.job.exporting;

import io.boxwright.job.input.InvalidInputException;
import io.boxwright.text.Printable;
import java.util.List;

/** The formats of datasets. */
public final class DatasetFormats {

  private static final List<DatasetFormat> ALL =
      List.of(
          new CocoDataset(),
          new YoloDataset(),
          new VocDataset(),
          new WebDataset(),
          new ImageFolderDataset());

  private DatasetFormats() {}

  /** Returns the names of all formats. */
  public static List<String> names() {
    return ALL.stream().map(DatasetFormat::name).toList();
  }

  /**
   * Returns the format of a name.
   *
   * @throws InvalidInputException if there is none; the message lists all
   */
  static DatasetFormat of(String name) {
    return ALL.stream()
        .filter(format -> format.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "There is no format %s; choose %s"
                        .formatted(Printable.name(name), String.join(", ", names()))));
  }
}
