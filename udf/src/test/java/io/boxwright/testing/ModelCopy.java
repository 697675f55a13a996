package io.boxwright.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A copy of the tiny Stable Diffusion 1.x folder, to be changed.
 *
 * @param folder where it is
 */
public record ModelCopy(Path folder) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the folder. */
  public static ModelCopy in(Path target) throws IOException {
    try (Stream<Path> files = Files.walk(Fixtures.sd1())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = target.resolve(Fixtures.sd1().relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return new ModelCopy(target);
  }

  /** Puts a value into a JSON file, in place of one that may be there. */
  public ModelCopy set(String name, String key, JsonNode value) throws IOException {
    ObjectNode json = read(name);
    json.set(key, value);
    Files.writeString(folder.resolve(name), json.toString());
    return this;
  }

  /** {@link #set} of a value as JSON text. */
  public ModelCopy set(String name, String key, String value) throws IOException {
    return set(name, key, JSON.readTree(value));
  }

  /** Takes a key out of a JSON file. */
  public ModelCopy remove(String name, String key) throws IOException {
    ObjectNode json = read(name);
    json.remove(key);
    Files.writeString(folder.resolve(name), json.toString());
    return this;
  }

  private ObjectNode read(String name) throws IOException {
    return (ObjectNode) JSON.readTree(folder.resolve(name).toFile());
  }
}
