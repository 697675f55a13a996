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
 * What tells that a file is the one it was, without reading it. Where a system counts changes
 * ({@code ctime}) and numbers its files, setting a modification time back hides nothing.
 *
 * @param path with all links followed
 * @param size in bytes
 * @param modified when its content was written, as exactly as the file system knows
 * @param changed when its content or its attributes were; empty where that is not known
 * @param key device and number of the file; empty where there is none
 */
public record FileState(String path, long size, String modified, String changed, String key) {

  /** File systems may give two writes within this time one and the same time stamp. */
  private static final Duration COARSEST_CLOCK = Duration.ofSeconds(2);

  /** Refuses what a damaged memory may hold. */
  public FileState {
    Stream.of(path, key).forEach(Objects::requireNonNull);
    Instant.parse(modified);
    if (!changed.isEmpty()) {
      Instant.parse(changed);
    }
  }

  /**
   * The state of a file that is there now, or that a link points to.
   *
   * @throws ModelLoadingException naming the file, if it is not there, or no regular file
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
          text(attributes.lastModifiedTime()),
          changed(real),
          attributes.fileKey() == null ? "" : attributes.fileKey().toString());
    } catch (NoSuchFileException e) {
      throw new ModelLoadingException("Cannot read %s: it is not there".formatted(file), e);
    } catch (IOException e) {
      throw new ModelLoadingException("Cannot read %s: %s".formatted(file, e), e);
    }
  }

  private static String changed(Path file) throws IOException {
    return file.getFileSystem().supportedFileAttributeViews().contains("unix")
        ? text((FileTime) Files.getAttribute(file, "unix:ctime"))
        : "";
  }

  private static String text(FileTime time) {
    return time.toInstant().toString();
  }

  /** Whether a later write would show in the time stamps. */
  public boolean isSettled(Instant now) {
    return isSettled(modified, now) && (changed.isEmpty() || isSettled(changed, now));
  }

  private static boolean isSettled(String time, Instant now) {
    return Instant.parse(time).isBefore(now.minus(COARSEST_CLOCK));
  }

  /** Whether another state is of the same file, written to since. */
  public boolean isOverwrittenBy(FileState later) {
    boolean same = path.equals(later.path) && key.equals(later.key);
    return same && (size != later.size || !modified.equals(later.modified));
  }
}
