package io.boxwright.diffusion.loading;

import ai.djl.util.Utils;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.boxwright.files.ContentHash;
import io.boxwright.files.HostLock;
import io.boxwright.files.PrivateFolder;
import io.boxwright.text.Count;
import io.boxwright.text.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cache of models that come from elsewhere. Each is copied once for all processes of a host. A
 * copy gets its final name when it is complete, so an interrupted copy is never taken for a model.
 * The next process that looks for a model removes what an interrupted copy left. A model whose
 * files change is copied again, into a folder of its own. A copy whose content has changed is made
 * again. Complete copies are never removed: remove them by hand, while no job runs.
 */
public final class ModelCache {

  private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String PARTIAL = ".partial";
  private static final String LOCK = ".lock";
  private static final String HASHES = ".sha256.json";
  private static final int BUFFER_BYTES = 1 << 20;

  private final Path folder;

  /**
   * Makes a cache in a folder, or in another one if that is not private: see {@link PrivateFolder}.
   */
  public ModelCache(Path folder) {
    this.folder = folder;
  }

  /** Returns {@code boxwright-USER} in the system's folder for temporary files. */
  public static Path defaultFolder() {
    return PrivateFolder.inTemporaryFolder();
  }

  /**
   * Reads the path of a cache from a setting.
   *
   * @param setting the name of the setting, for the error
   * @param value the path
   * @throws IllegalArgumentException naming setting and value, if no folder has such a path
   */
  public static Path parseFolder(String setting, String value) {
    try {
      if (!value.isBlank()) {
        return Path.of(value);
      }
    } catch (InvalidPathException e) {
      LOG.debug("Not a path", e);
    }
    throw new IllegalArgumentException(
        "Invalid %s: %s, it must be the path of a folder"
            .formatted(setting, Printable.name(value)));
  }

  /**
   * Returns the folder of a model, and copies the model first if its copy is missing or has
   * changed. One process copies, others wait.
   *
   * @param origin the place that the files come from, such as {@code hdfs:///models/sd}
   * @param files the files of the model
   * @throws ModelLoadingException naming the origin, if it cannot be copied
   */
  public Path folder(String origin, List<ModelFile> files) {
    try {
      Path cache = PrivateFolder.of(folder);
      removeLeftovers(cache);
      Path copy = cache.resolve(makeName(origin, files));
      return HostLock.hold(
          Path.of(copy + LOCK),
          () -> {
            if (!isWhole(origin, copy, files)) {
              copy(origin, files, copy);
            }
            return copy;
          });
    } catch (UncheckedIOException e) {
      throw new ModelLoadingException("Cannot copy %s: %s".formatted(origin, e.getMessage()), e);
    }
  }

  /** Makes a name: the last name of the origin, for people, and an identifier of its files. */
  private static String makeName(String origin, List<ModelFile> files) {
    StringBuilder listing = new StringBuilder(origin);
    for (ModelFile file : files) {
      listing.append('\n').append(file.path()).append(' ').append(file.length());
      listing.append(' ').append(file.version());
    }
    UUID version = UUID.nameUUIDFromBytes(listing.toString().getBytes(StandardCharsets.UTF_8));
    return origin.replaceAll("/+$", "").replaceAll(".*[/:]", "") + "-" + version;
  }

  /**
   * Returns whether a copy is as it was made. Its name says that it once was complete. Since then
   * the system may have cleared old temporary files away, and disks and people change bytes.
   */
  private boolean isWhole(String origin, Path copy, List<ModelFile> files) {
    if (!Files.isDirectory(copy)) {
      return false;
    }
    Optional<String> difference = describeDifference(copy, files);
    difference.ifPresent(
        what ->
            LOG.warn(
                "The copy {} of {} is no longer what was copied: {}. It is made again",
                copy,
                origin,
                what));
    return difference.isEmpty();
  }

  private Optional<String> describeDifference(Path copy, List<ModelFile> files) {
    try {
      ModelFingerprint copied = JSON.readValue(hashesFile(copy).toFile(), ModelFingerprint.class);
      List<String> paths = files.stream().map(ModelFile::path).toList();
      return new ModelHashes(folder).hash(copy, paths).fingerprint().difference(copied);
    } catch (IOException | ModelLoadingException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Returns the file of hashes. It is next to the copy, which has only the files of the model. */
  private static Path hashesFile(Path copy) {
    return Path.of(copy + HASHES);
  }

  /** Removes the unfinished copies of killed processes, whose locks are free. */
  private static void removeLeftovers(Path cache) {
    try (Stream<Path> entries = Files.list(cache)) {
      for (Path entry : entries.filter(path -> path.toString().endsWith(PARTIAL)).toList()) {
        String copy = entry.toString().substring(0, entry.toString().length() - PARTIAL.length());
        HostLock.tryHold(Path.of(copy + LOCK), () -> Utils.deleteQuietly(entry));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies a model. The caller holds the lock of the copy. */
  private static void copy(String origin, List<ModelFile> files, Path copy) {
    LOG.info("Copying {} to {}", origin, copy);
    Path partial = Path.of(copy + PARTIAL);
    Utils.deleteQuietly(copy);
    Utils.deleteQuietly(partial); // left by a killed process
    try {
      PrivateFolder.make(partial);
      TreeMap<String, String> hashes = new TreeMap<>();
      for (ModelFile file : files) {
        hashes.put(file.path(), copy(file, partial.resolve(file.path())));
      }
      JSON.writeValue(hashesFile(copy).toFile(), new ModelFingerprint(hashes));
      Files.move(partial, copy, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Utils.deleteQuietly(partial);
      throw new ModelLoadingException(
          "Cannot copy %s to %s: %s".formatted(origin, copy, e.getMessage()), e);
    }
  }

  /** Copies a file and returns the hash of what was read. */
  private static String copy(ModelFile file, Path target) throws IOException {
    Files.createDirectories(target.getParent());
    ContentHash hash = new ContentHash();
    long length = 0;
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream content = file.content().open();
        OutputStream copy = Files.newOutputStream(target)) {
      for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
        copy.write(buffer, 0, read);
        hash.add(buffer, read);
        length += read;
      }
    }
    if (length != file.length()) {
      throw new IOException(
          "%s has %s, not %d".formatted(file.path(), Count.of(length, "byte"), file.length()));
    }
    return hash.hex();
  }
}
