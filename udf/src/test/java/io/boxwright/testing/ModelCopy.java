package io.boxwright.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;

/**
 * A copy of a model's folder, to be changed.
 *
 * @param folder the copy
 */
public record ModelCopy(Path folder) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies a folder; the target may be there. */
  public static ModelCopy of(Path source, Path target) throws IOException {
    FileUtils.copyDirectory(source.toFile(), target.toFile());
    return new ModelCopy(target);
  }

  /** Deletes a file. */
  public ModelCopy without(String name) throws IOException {
    Files.delete(folder.resolve(name));
    return this;
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
