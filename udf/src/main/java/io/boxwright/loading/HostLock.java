package io.boxwright.loading;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/**
 * A lock between the processes of a host, such as executors that start at once. It is on a file,
 * which stays; the system frees it when a process ends, however that ends.
 */
public final class HostLock {

  private HostLock() {}

  /**
   * Does something while no other thread or process that locks the same file does. Not to be called
   * from within itself.
   *
   * @param file made if there is none
   * @throws UncheckedIOException naming the file, if it cannot be locked
   */
  public static <T> T hold(Path file, Supplier<T> action) {
    // Among the threads of a process a file lock is an error, not a wait.
    synchronized (HostLock.class) {
      try (FileChannel channel = open(file);
          FileLock held = channel.lock()) {
        return action.get();
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot lock %s: %s".formatted(file, e.getMessage()), e);
      }
    }
  }

  private static FileChannel open(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }
}
