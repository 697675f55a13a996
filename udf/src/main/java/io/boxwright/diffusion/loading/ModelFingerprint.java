package io.boxwright.diffusion.loading;

import io.boxwright.files.ContentHash;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a model is: the whole content of the files that a pipeline reads. It is the same for a copy
 * elsewhere, and another one if a single byte differs.
 *
 * @param files the hash of each, as hexadecimal digits, by its path relative to the model's folder
 */
public record ModelFingerprint(TreeMap<String, String> files) implements Serializable {

  private static final int SHOWN_DIGITS = 12;

  /**
   * Copies the map.
   *
   * @throws IllegalArgumentException if a value is no hash
   */
  public ModelFingerprint {
    files = new TreeMap<>(files);
    if (!files.values().stream().allMatch(ContentHash::isHash)) {
      throw new IllegalArgumentException("Not hashes of files: " + files);
    }
  }

  /** The fingerprint of files by their paths. */
  static ModelFingerprint of(Map<String, HashedFile> hashed) {
    TreeMap<String, String> files = new TreeMap<>();
    hashed.forEach((path, file) -> files.put(path, file.hash()));
    return new ModelFingerprint(files);
  }

  /** All of it in 64 hexadecimal digits: a hash of paths and hashes. */
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
   * The first file that differs, in words; empty if none does.
   *
   * @param wanted the fingerprint that this one should be
   */
  public Optional<String> difference(ModelFingerprint wanted) {
    TreeSet<String> paths = new TreeSet<>(files.keySet());
    paths.addAll(wanted.files.keySet());
    return paths.stream()
        .filter(path -> !digits(path).equals(wanted.digits(path)))
        .findFirst()
        .map(path -> "%s: %s instead of %s".formatted(path, shown(path), wanted.shown(path)));
  }

  private String digits(String path) {
    return files.getOrDefault(path, "");
  }

  private String shown(String path) {
    return files.containsKey(path)
        ? "sha256 " + files.get(path).substring(0, SHOWN_DIGITS)
        : "no such file";
  }
}
