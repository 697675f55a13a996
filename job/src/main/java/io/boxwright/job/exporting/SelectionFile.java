package io.boxwright.job.exporting;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.boxwright.job.output.ExportFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The file with a line of JSON for each image of a dataset, in their order. */
final class SelectionFile {

  /** The name of the file. */
  static final String NAME = "_selection.jsonl";

  /** The mapper of lines and of the files of formats: keys in snake case, one line. */
  static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
          .build();

  /** A step that takes an image. */
  @FunctionalInterface
  interface Step {

    /** Takes an image. */
    void take(SelectedImage image) throws IOException;
  }

  private final ExportFolder folder;

  /** Reads the file of a folder, which has one. */
  SelectionFile(ExportFolder folder) {
    this.folder = folder;
  }

  /** Makes the line of an image. */
  static byte[] toLine(SelectedImage image) {
    try {
      return (JSON.writeValueAsString(image) + "\n").getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the images of a part. */
  List<SelectedImage> read(Part part) {
    try (BufferedReader lines = open(part.offset())) {
      List<SelectedImage> images = new ArrayList<>();
      while (images.size() < part.images()) {
        images.add(JSON.readValue(lines.readLine(), SelectedImage.class));
      }
      return images;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Reads all images of a split, one after the other. */
  void forEach(String split, Step step) throws IOException {
    try (BufferedReader lines = open(0)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        SelectedImage image = JSON.readValue(line, SelectedImage.class);
        if (image.split().equals(split)) {
          step.take(image);
        }
      }
    }
  }

  private BufferedReader open(long offset) {
    return new BufferedReader(
        new InputStreamReader(folder.open(NAME, offset), StandardCharsets.UTF_8));
  }

  private UncheckedIOException failed(IOException e) {
    return new UncheckedIOException(
        "Cannot read %s in %s: %s".formatted(NAME, folder.path(), e.getMessage()), e);
  }
}
