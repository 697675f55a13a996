package io.boxwright.loading;

import ai.djl.util.Utils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders of models that come from elsewhere, copied once for all processes of a host. A copy gets
 * its final name when it is whole, so one that was killed is never taken for a model; a model whose
 * files change is copied anew, into a folder of its own. Nothing is ever removed: do that by hand,
 * while no job runs.
 */
public final class ModelCache {

  private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);

  private final Path folder;

  /** The cache in a folder, which is made when it is needed. */
  public ModelCache(Path folder) {
    this.folder = folder;
  }

  /** {@code boxwright-USER} in the system's folder for temporary files. */
  public static Path defaultFolder() {
    return Path.of(
        System.getProperty("java.io.tmpdir"), "boxwright-" + System.getProperty("user.name"));
  }

  /**
   * The folder of a model, copied now if it is not there yet. One process copies, others wait.
   *
   * @param origin where the files come from, such as {@code hdfs:///models/sd}
   * @throws ModelLoadingException naming the origin, if it cannot be copied
   */
  public Path folder(String origin, List<ModelFile> files) {
    Path copy = folder.resolve(name(origin, files));
    return HostLock.hold(
        Path.of(copy + ".lock"),
        () -> {
          if (!isWhole(copy, files)) {
            copy(origin, files, copy);
          }
          return copy;
        });
  }

  /** The last name of the origin, for people, and what tells its files from any others. */
  private static String name(String origin, List<ModelFile> files) {
    StringBuilder listing = new StringBuilder(origin);
    for (ModelFile file : files) {
      listing.append('\n').append(file.path()).append(' ').append(file.length());
      listing.append(' ').append(file.version());
    }
    UUID version = UUID.nameUUIDFromBytes(listing.toString().getBytes(StandardCharsets.UTF_8));
    return origin.replaceAll("/+$", "").replaceAll(".*[/:]", "") + "-" + version;
  }

  /** Its name says so; but the system may have cleared old temporary files away since. */
  private static boolean isWhole(Path copy, List<ModelFile> files) {
    return files.stream().allMatch(file -> length(copy.resolve(file.path())) == file.length());
  }

  private static long length(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return -1;
    }
  }

  private static void copy(String origin, List<ModelFile> files, Path copy) {
    LOG.info("Copying {} to {}", origin, copy);
    Path partial = Path.of(copy + ".partial");
    Utils.deleteQuietly(copy);
    Utils.deleteQuietly(partial); // of a process that was killed
    try {
      for (ModelFile file : files) {
        copy(file, partial.resolve(file.path()));
      }
      Files.move(partial, copy, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Utils.deleteQuietly(partial);
      throw new ModelLoadingException(
          "Cannot copy %s to %s: %s".formatted(origin, copy, e.getMessage()), e);
    }
  }

  private static void copy(ModelFile file, Path target) throws IOException {
    Files.createDirectories(target.getParent());
    try (InputStream content = file.content().open()) {
      long length = Files.copy(content, target);
      if (length != file.length()) {
        throw new IOException(
            "%s has %d bytes, not %d".formatted(file.path(), length, file.length()));
      }
    }
  }
}
