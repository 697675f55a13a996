package io.boxwright.files;

import ai.djl.util.Utils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where DJL and JNA unpack native libraries, which this process then runs: a {@link PrivateFolder},
 * where one process of a host unpacks at a time, and what killed ones left is removed.
 */
public final class NativeLibraries {

  /** libtorch, as DJL calls its folder. */
  public static final String PYTORCH = "pytorch";

  /** HuggingFace's tokenizers, as DJL calls its folder. */
  public static final String TOKENIZERS = "tokenizers";

  private static final String JNA = "jna";

  /** The setting of DJL for the folder. */
  private static final String FOLDER = "ENGINE_CACHE_DIR";

  /** The setting of JNA for the folder. */
  private static final String JNA_FOLDER = "jna.tmpdir";

  /** What DJL and JNA call what is not finished: {@code tmp123}, {@code jni123tmp}, ... */
  private static final Pattern UNFINISHED = Pattern.compile("tmp\\d+|jni\\d+tmp|jna\\d+\\.tmp");

  /** Other programs that unpack there hold no lock of ours, but write all the time. */
  private static final Duration ABANDONED = Duration.ofSeconds(10);

  private NativeLibraries() {}

  /**
   * Loads a library of DJL, which is unpacked now if it is not yet.
   *
   * @param library {@link #PYTORCH} or {@link #TOKENIZERS}
   * @param load makes DJL load it
   * @throws UncheckedIOException naming the folder, if there is none to unpack to, or what is there
   *     cannot be loaded
   */
  public static void load(String library, Runnable load) {
    Path folder = folder();
    HostLock.hold(
        folder.resolve(library).resolve("boxwright.lock"),
        () -> {
          removeLeftovers(folder.resolve(library));
          removeLeftovers(folder.resolve(JNA));
          load(folder.resolve(library), load);
          return null;
        });
  }

  private static void load(Path folder, Runnable load) {
    try {
      load.run();
    } catch (LinkageError e) {
      Throwable cause = e.getCause() == null ? e : e.getCause(); // of a static initializer
      throw new UncheckedIOException(
          "Cannot load what is in %s: %s. If a file there is damaged, remove the folder: it is unpacked again"
              .formatted(folder, cause.getMessage()),
          new IOException(e));
    }
  }

  /**
   * Finds the folder: DJL's own if it is private; else another one, which DJL uses from then on.
   *
   * @throws UncheckedIOException naming the folder, if there is none to unpack to
   */
  public static synchronized Path folder() {
    Path wanted = Utils.getEngineCacheDir();
    Path folder = PrivateFolder.of(wanted, PYTORCH, TOKENIZERS, JNA);
    if (!folder.equals(wanted)) {
      String setting = System.getenv(FOLDER); // which a property does not overrule
      if (setting != null && !setting.isEmpty()) {
        IOException cause =
            new IOException(
                "%s is %s, where other users may put libraries: name a folder that only you can write to"
                    .formatted(FOLDER, setting));
        throw new UncheckedIOException(cause.getMessage(), cause);
      }
      System.setProperty(FOLDER, folder.toString());
    }
    if (System.getProperty(JNA_FOLDER) == null) {
      System.setProperty(JNA_FOLDER, folder.resolve(JNA).toString());
    }
    return folder;
  }

  /** To be called by the holder of the lock. */
  private static void removeLeftovers(Path folder) {
    try (Stream<Path> entries = Files.walk(folder, 2)) {
      List<Path> unfinished =
          entries
              .filter(path -> UNFINISHED.matcher(path.getFileName().toString()).matches())
              .toList();
      unfinished.stream().filter(NativeLibraries::isAbandoned).forEach(Utils::deleteQuietly);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isAbandoned(Path unfinished) {
    Instant latest = Instant.now().minus(ABANDONED);
    try (Stream<Path> parts = Files.walk(unfinished)) {
      return parts.allMatch(part -> isWrittenBefore(part, latest));
    } catch (IOException | UncheckedIOException e) {
      return false; // it is gone: somebody is at work
    }
  }

  private static boolean isWrittenBefore(Path file, Instant latest) {
    try {
      FileTime written = Files.getLastModifiedTime(file);
      return written.toInstant().isBefore(latest);
    } catch (IOException e) {
      return false;
    }
  }
}
