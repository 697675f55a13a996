package io.boxwright.diffusion.loading;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The state of a file, which tells without reading it whether the file has changed. Where a system
 * records changes ({@code ctime}) and numbers its files, setting a modification time back hides
 * nothing.
 *
 * @param path the path with all links followed
 * @param size the size in bytes
 * @param modified the time when the content was written, as exactly as the file system knows it
 * @param changed the time when the content or the attributes were changed; empty where unknown
 * @param key the device and the number of the file; empty where there is none
 */
public record FileState(String path, long size, String modified, String changed, String key) {

  /** The time within which a file system may give two writes the same time stamp. */
  private static final Duration COARSEST_CLOCK = Duration.ofSeconds(2);

  /** Refuses values that a damaged memory may hold. */
  public FileState {
    Stream.of(path, key).forEach(Objects::requireNonNull);
    Instant.parse(modified);
    if (!changed.isEmpty()) {
      Instant.parse(changed);
    }
  }

  /**
   * Reads the state of a file, or of the file that a link points to.
   *
   * @throws ModelLoadingException naming the file, if it does not exist or is not a regular file
   */
  public static FileState of(Path file) {
    try {
      Path real = file.toRealPath();
      BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        throw new ModelLoadingException("Cannot read %s: it is not a regular file".formatted(file));
      }
      return new FileState(
          real.toString(),
          attributes.size(),
          format(attributes.lastModifiedTime()),
          readChangeTime(real),
          attributes.fileKey() == null ? "" : attributes.fileKey().toString());
    } catch (NoSuchFileException e) {
      throw new ModelLoadingException("Cannot read %s: it does not exist".formatted(file), e);
    } catch (IOException e) {
      throw new ModelLoadingException("Cannot read %s: %s".formatted(file, e), e);
    }
  }

  private static String readChangeTime(Path file) throws IOException {
    return file.getFileSystem().supportedFileAttributeViews().contains("unix")
        ? format((FileTime) Files.getAttribute(file, "unix:ctime"))
        : "";
  }

  private static String format(FileTime time) {
    return time.toInstant().toString();
  }

  /** Returns whether a later write would show in the time stamps. */
  public boolean isSettled(Instant now) {
    return isSettled(modified, now) && (changed.isEmpty() || isSettled(changed, now));
  }

  private static boolean isSettled(String time, Instant now) {
    return Instant.parse(time).isBefore(now.minus(COARSEST_CLOCK));
  }

  /** Returns whether a later state is of the same file, which was written to in between. */
  public boolean isOverwrittenBy(FileState later) {
    boolean same = path.equals(later.path) && key.equals(later.key);
    return same && (size != later.size || !modified.equals(later.modified));
  }
}
