package io.boxwright.job.exporting;

import io.boxwright.job.output.GroupReader;
import io.boxwright.job.output.GroupValues;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The image tables of the runs of an export.
 *
 * @param tables the path of the folder of each run's image table, in the order of the runs
 */
record SourceImages(List<String> tables) implements Serializable {

  private static final Set<String> COLUMNS = Set.of("id", "image_index", "image.bytes");

  /** A step that takes an image and its pixels. */
  @FunctionalInterface
  interface Step {

    /**
     * Takes an image.
     *
     * @param png the bytes of its file
     */
    void take(SelectedImage image, byte[] png) throws IOException;
  }

  /** Returns the tables of runs, each of which has at least one file. */
  static SourceImages of(List<ExportedRun> runs) {
    return new SourceImages(
        runs.stream().map(run -> new Path(run.images().get(0)).getParent().toString()).toList());
  }

  /**
   * Reads the pixels of images, in the order of the files of their tables. Each file is read once,
   * up to the last image that is wanted.
   *
   * @param images images that are sorted by run and file
   * @throws IOException if a file cannot be read or lacks an image
   */
  void forEach(Configuration hadoop, List<SelectedImage> images, Step step) throws IOException {
    Map<String, List<SelectedImage>> files =
        images.stream()
            .collect(Collectors.groupingBy(this::pathOf, LinkedHashMap::new, Collectors.toList()));
    for (Map.Entry<String, List<SelectedImage>> file : files.entrySet()) {
      readFile(hadoop, file.getKey(), file.getValue(), step);
    }
  }

  private String pathOf(SelectedImage image) {
    return tables.get(image.run() - 1) + "/" + image.file();
  }

  private record Key(String id, int imageIndex) {}

  private static void readFile(
      Configuration hadoop, String path, List<SelectedImage> images, Step step) throws IOException {
    Map<Key, SelectedImage> wanted = new HashMap<>();
    images.forEach(image -> wanted.put(new Key(image.id(), image.imageIndex()), image));
    try (GroupReader reader = new GroupReader(hadoop, path, COLUMNS)) {
      while (!wanted.isEmpty()) {
        GroupValues row = reader.next().orElseThrow(() -> lacksImage(path, wanted.keySet()));
        SelectedImage image = wanted.remove(new Key(row.text("id"), row.number("image_index")));
        if (image != null) {
          step.take(image, row.struct("image").bytes("bytes"));
        }
      }
    }
  }

  private static IOException lacksImage(String path, Set<Key> images) {
    return new IOException(
        "%s no longer has the image %s".formatted(path, images.iterator().next()));
  }
}
