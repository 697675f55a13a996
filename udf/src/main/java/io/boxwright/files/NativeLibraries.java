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
 * The native libraries that DJL and JNA unpack and this process then runs. They are unpacked into a
 * {@link PrivateFolder}, by one process of a host at a time, and leftovers of killed processes are
 * removed.
 */
public final class NativeLibraries {

  /** DJL's name of the folder of libtorch. */
  public static final String PYTORCH = "pytorch";

  /** DJL's name of the folder of HuggingFace's tokenizers. */
  public static final String TOKENIZERS = "tokenizers";

  private static final String JNA = "jna";

  /** DJL's setting of the folder. */
  private static final String FOLDER = "ENGINE_CACHE_DIR";

  /** JNA's setting of the folder. */
  private static final String JNA_FOLDER = "jna.tmpdir";

  /** DJL's and JNA's names of unfinished files: {@code tmp123}, {@code jni123tmp}, ... */
  private static final Pattern UNFINISHED = Pattern.compile("tmp\\d+|jni\\d+tmp|jna\\d+\\.tmp");

  /**
   * Other programs that unpack into the folder do not hold our lock, but they write all the time.
   */
  private static final Duration ABANDONED = Duration.ofSeconds(10);

  private NativeLibraries() {}

  /**
   * Loads a library of DJL, after unpacking it if necessary.
   *
   * @param library {@link #PYTORCH} or {@link #TOKENIZERS}
   * @param load the action that makes DJL load it
   * @throws UncheckedIOException naming the folder, if libraries cannot be unpacked there or loaded
   *     from there
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
          "Cannot load the libraries in %s: %s. If a file there is damaged, remove the folder; it is unpacked again"
              .formatted(folder, cause.getMessage()),
          new IOException(e));
    }
  }

  /**
   * Finds the folder: DJL's own if it is private, otherwise another one, which DJL uses from then
   * on.
   *
   * @throws UncheckedIOException naming the folder, if libraries cannot be unpacked anywhere
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

  /** Removes unfinished files; only the holder of the lock calls this. */
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
      return false; // it is gone: another process is at work
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
