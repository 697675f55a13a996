package io.boxwright.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A lock between the processes of a host, such as executors that start at once. It is on a file,
 * which stays; the system frees it when a process ends, however that ends.
 */
public final class HostLock {

  /** Among the threads of a process a file lock is an error, not a wait. */
  private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private HostLock() {}

  /**
   * Does something while no other thread or process that locks the same file does. The action may
   * lock other files, not this one again.
   *
   * @param file made if there is none
   * @throws UncheckedIOException naming the file, if it cannot be locked
   */
  public static <T> T hold(Path file, Supplier<T> action) {
    ReentrantLock threads = threads(file);
    threads.lock();
    try (FileChannel channel = open(file);
        FileLock held = channel.lock()) {
      return action.get();
    } catch (IOException e) {
      throw failure(file, e);
    } finally {
      threads.unlock();
    }
  }

  /**
   * Does something unless another thread or process that locks the same file is at work.
   *
   * @param file made if there is none
   * @return whether it was done
   * @throws UncheckedIOException naming the file, if it cannot be locked
   */
  public static boolean tryHold(Path file, Runnable action) {
    ReentrantLock threads = threads(file);
    if (threads.isHeldByCurrentThread() || !threads.tryLock()) {
      return false;
    }
    try (FileChannel channel = open(file);
        FileLock held = channel.tryLock()) {
      if (held != null) {
        action.run();
      }
      return held != null;
    } catch (IOException e) {
      throw failure(file, e);
    } finally {
      threads.unlock();
    }
  }

  private static ReentrantLock threads(Path file) {
    return THREADS.computeIfAbsent(
        file.toAbsolutePath().normalize(), missing -> new ReentrantLock());
  }

  private static FileChannel open(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static UncheckedIOException failure(Path file, IOException e) {
    return new UncheckedIOException("Cannot lock %s: %s".formatted(file, FileProblem.of(e)), e);
  }
}
