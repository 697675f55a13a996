package io.boxwright.udf.executor;

import io.boxwright.files.HostLock;
import io.boxwright.files.PrivateFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A model's folder whose files lie elsewhere on this host: links to them, and a few files of text.
 * No weights are copied.
 */
final class LinkedFolder {

  /** The depth of {@code unet/config.json} below a model's folder. */
  private static final int DEPTH = 2;

  private final Map<String, Path> links = new LinkedHashMap<>();
  private final Map<String, String> texts = new LinkedHashMap<>();

  /** Adds a link, in place of what has that path. */
  void link(String path, Path target) {
    texts.remove(path);
    links.put(path, target.toAbsolutePath().normalize());
  }

  /** Adds a file, in place of what has that path. */
  void write(String path, String text) {
    links.remove(path);
    texts.put(path, text);
  }

  /** Returns whether there is a file of that path. */
  boolean contains(String path) {
    return links.containsKey(path) || texts.containsKey(path);
  }

  /** Returns the paths of all files. */
  Stream<String> paths() {
    return Stream.concat(links.keySet().stream(), texts.keySet().stream());
  }

  /** Takes all files out of a folder. */
  void removeFolder(String name) {
    links.keySet().removeIf(path -> path.startsWith(name + "/"));
    texts.keySet().removeIf(path -> path.startsWith(name + "/"));
  }

  /**
   * Makes the folder, or mends one that is there: what is as it should be is not touched. One
   * process of the host does so at a time.
   *
   * @param cache the folder for copies of models
   * @param name the name of the folder in it
   * @throws UncheckedIOException naming the file that cannot be made
   */
  Path make(Path cache, String name) {
    Path folder = PrivateFolder.of(cache).resolve(name);
    return HostLock.hold(
        Path.of(folder + ".lock"),
        () -> {
          try {
            update(folder);
            return folder;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private void update(Path folder) throws IOException {
    PrivateFolder.make(folder);
    removeOthers(folder);
    for (Map.Entry<String, Path> link : links.entrySet()) {
      updateLink(folder.resolve(link.getKey()), link.getValue());
    }
    for (Map.Entry<String, String> text : texts.entrySet()) {
      updateText(folder.resolve(text.getKey()), text.getValue());
    }
  }

  private void removeOthers(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder, DEPTH)) {
      for (Path path : paths.toList()) {
        boolean isFile = !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        if (isFile && !contains(folder.relativize(path).toString())) {
          Files.delete(path);
        }
      }
    }
  }

  private static void updateLink(Path link, Path target) throws IOException {
    boolean same = Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target);
    if (!same) {
      Files.createDirectories(link.getParent());
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, target);
    }
  }

  private static void updateText(Path file, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    boolean same =
        Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && Arrays.equals(Files.readAllBytes(file), bytes);
    if (!same) {
      Files.createDirectories(file.getParent());
      Path partial = Path.of(file + ".partial");
      Files.write(partial, bytes);
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE); // replaces a link, too
    }
  }
}
