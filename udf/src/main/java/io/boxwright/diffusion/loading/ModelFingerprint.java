package io.boxwright.diffusion.loading;

import io.boxwright.files.ContentHash;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The identity of a model: the whole content of the files that a pipeline reads. A copy elsewhere
 * has the same fingerprint. A model that differs in a single byte has another one.
 *
 * @param files the hash of each file, as hexadecimal digits, by its path relative to the model's
 *     folder
 */
public record ModelFingerprint(TreeMap<String, String> files) implements Serializable {

  private static final int SHOWN_DIGITS = 12;

  /**
   * Copies the map.
   *
   * @throws IllegalArgumentException if a value is not a hash
   */
  public ModelFingerprint {
    files = new TreeMap<>(files);
    if (!files.values().stream().allMatch(ContentHash::isHash)) {
      throw new IllegalArgumentException("Not hashes of files: " + files);
    }
  }

  /** Returns the fingerprint of files by their paths. */
  static ModelFingerprint of(Map<String, HashedFile> hashed) {
    TreeMap<String, String> files = new TreeMap<>();
    hashed.forEach((path, file) -> files.put(path, file.hash()));
    return new ModelFingerprint(files);
  }

  /** Returns the fingerprint as 64 hexadecimal digits: a hash of paths and hashes. */
  public String hex() {
    ContentHash hash = new ContentHash();
    files.forEach(
        (path, content) -> {
          byte[] line = (content + " " + path + "\n").getBytes(StandardCharsets.UTF_8);
          hash.add(line, line.length);
        });
    return hash.hex();
  }

  /**
   * Describes the first file that differs; empty if none does.
   *
   * @param wanted the fingerprint that this one should be
   */
  public Optional<String> difference(ModelFingerprint wanted) {
    TreeSet<String> paths = new TreeSet<>(files.keySet());
    paths.addAll(wanted.files.keySet());
    return paths.stream()
        .filter(path -> !digits(path).equals(wanted.digits(path)))
        .findFirst()
        .map(path -> "%s: %s instead of %s".formatted(path, describe(path), wanted.describe(path)));
  }

  private String digits(String path) {
    return files.getOrDefault(path, "");
  }

  private String describe(String path) {
    return files.containsKey(path)
        ? "sha256 " + files.get(path).substring(0, SHOWN_DIGITS)
        : "no such file";
  }
}
