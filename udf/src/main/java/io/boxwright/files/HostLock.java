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
 * A lock between the processes of a host, such as executors that start at once. It locks a file,
 * which is kept; the system frees the lock when a process ends, however that happens.
 */
public final class HostLock {

  /** A second file lock in the same process fails instead of waiting, so threads wait here. */
  private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private HostLock() {}

  /**
   * Runs an action while no other thread or process holds the lock of the same file. The action may
   * lock other files, but not this one again.
   *
   * @param file the file to lock, made if there is none
   * @throws UncheckedIOException naming the file, if it cannot be locked
   */
  public static <T> T hold(Path file, Supplier<T> action) {
    ReentrantLock threads = threadLock(file);
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
   * Runs an action unless another thread or process holds the lock of the same file.
   *
   * @param file the file to lock, made if there is none
   * @return whether the action was run
   * @throws UncheckedIOException naming the file, if it cannot be locked
   */
  public static boolean tryHold(Path file, Runnable action) {
    ReentrantLock threads = threadLock(file);
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

  private static ReentrantLock threadLock(Path file) {
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
