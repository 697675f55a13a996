package io.boxwright.job.exporting;

import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The image tables of the runs of an export.
 *
 * @param tables the path of the folder of each run's image table, in the order of the runs
 */
record SourceImages(List<String> tables) implements Serializable {

  /** What is done with an image and its pixels. */
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
    try (PixelReader reader = new PixelReader(hadoop, path)) {
      while (!wanted.isEmpty()) {
        Optional<PixelReader.Pixels> next = reader.next();
        if (next.isEmpty()) {
          throw new IOException(
              "%s no longer has the image %s".formatted(path, wanted.keySet().iterator().next()));
        }
        SelectedImage image = wanted.remove(new Key(next.get().id(), next.get().imageIndex()));
        if (image != null) {
          step.take(image, next.get().png());
        }
      }
    }
  }
}
