package io.boxwright.job.actions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The files of an export.
 *
 * @param root its folder
 */
record ExportedFiles(Path root) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Returns the path of a file. */
  Path file(String name) {
    return root.resolve(name);
  }

  /** Reads a text. */
  String text(String name) throws IOException {
    return Files.readString(file(name));
  }

  /** Reads all files by their paths in the folder. */
  Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path file : paths.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  /** Asserts that the files are these, and no others. */
  void assertSame(Map<String, byte[]> expected) throws IOException {
    Map<String, byte[]> files = files();
    assertThat(files.keySet()).isEqualTo(expected.keySet());
    files.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(expected.get(name)));
  }

  /** Reads the annotations of a split. */
  JsonNode coco(String split) throws IOException {
    return JSON.readTree(file("annotations/instances_%s.json".formatted(split)).toFile());
  }

  /** Returns the split of an image: the folder above its file. */
  String splitOf(String image) throws IOException {
    return files().keySet().stream()
        .filter(name -> name.endsWith("/%s_0.png".formatted(image)))
        .map(name -> name.split("/")[1])
        .findAny()
        .orElseThrow();
  }

  /** Reads the members of a tar file, in their order. */
  Map<String, byte[]> untar(String name) throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    try (var tar = new TarArchiveInputStream(Files.newInputStream(file(name)))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        members.put(entry.getName(), tar.readAllBytes());
      }
    }
    return members;
  }
}
