package io.boxwright.files;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders where nobody else can put models or libraries: they belong to this process's user, and no
 * other user may write to them. New ones are closed to others altogether. A folder that others
 * could write to is not used even if it can be closed now: what is in it may be theirs. Where a
 * file system knows no users and permissions, every folder will do.
 */
public final class PrivateFolder {

  private static final Logger LOG = LoggerFactory.getLogger(PrivateFolder.class);

  private static final int WRITABLE_BY_OTHERS = 0022;
  private static final int ONLY_OWNERS_RENAME = 01000; // the sticky bit
  private static final int ROOT = 0;
  private static final int MOST_ALTERNATIVES = 9;

  /** A process warns once of each. */
  private static final Set<Path> TOLD = ConcurrentHashMap.newKeySet();

  private PrivateFolder() {}

  /** {@code boxwright-USER} in the system's folder for temporary files. */
  public static Path inTemporaryFolder() {
    return Path.of(System.getProperty("java.io.tmpdir"), ownName());
  }

  private static String ownName() {
    return "boxwright-" + System.getProperty("user.name");
  }

  /**
   * A folder, made now if it is not there; or another one, with a line in the log that names both,
   * if it is not private.
   *
   * @param wanted the folder
   * @param inside names of folders in it, which are made and have to be private, too
   * @throws UncheckedIOException naming the folder and what is wrong with it, if there is no other
   */
  public static Path of(Path wanted, String... inside) {
    Optional<String> problem = problem(wanted, inside);
    if (problem.isEmpty()) {
      return wanted;
    }
    Path other =
        alternatives(wanted)
            .filter(folder -> problem(folder, inside).isEmpty())
            .findFirst()
            .orElseThrow(() -> noOther(wanted, problem.get()));
    if (TOLD.add(wanted)) {
      LOG.warn("Not using the folder {}: {}. Using {} in its place", wanted, problem.get(), other);
    }
    return other;
  }

  /** Found by all processes of this user alike, so that they share what is there. */
  private static Stream<Path> alternatives(Path wanted) {
    Stream<Path> within =
        isSafeFor(wanted) ? Stream.of(wanted.resolve(ownName())) : Stream.of(); // the same disk
    Stream<Path> temporary =
        IntStream.rangeClosed(1, MOST_ALTERNATIVES)
            .mapToObj(i -> Path.of(inTemporaryFolder() + (i == 1 ? "" : "." + i)));
    return Stream.concat(within, temporary).filter(folder -> !folder.equals(wanted));
  }

  /** Whether other users cannot replace a folder in it: that is what /tmp is like. */
  private static boolean isSafeFor(Path parent) {
    if (!isUnix(parent)) {
      return false;
    }
    try {
      Map<String, Object> there = Files.readAttributes(parent, "unix:uid,mode");
      int owner = (int) there.get("uid");
      return ((int) there.get("mode") & ONLY_OWNERS_RENAME) != 0
          && (owner == ROOT || owner == ownUid());
    } catch (IOException e) {
      return false;
    }
  }

  private static UncheckedIOException noOther(Path wanted, String problem) {
    IOException cause =
        new IOException(
            "Cannot use the folder %s: %s, and no other in %s could be used; name one that only you can write to"
                .formatted(wanted, problem, inTemporaryFolder().getParent()));
    return new UncheckedIOException(cause.getMessage(), cause);
  }

  private static Optional<String> problem(Path folder, String... inside) {
    return Stream.concat(Stream.of(folder), Stream.of(inside).map(folder::resolve))
        .map(PrivateFolder::problem)
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** What is wrong with a folder, which is made if it is not there. */
  private static Optional<String> problem(Path folder) {
    try {
      make(folder);
      if (!Files.isDirectory(folder)) {
        return Optional.of("it is not a folder");
      }
      Optional<String> foreign = isUnix(folder) ? foreign(folder) : Optional.empty();
      return foreign.isEmpty() && !Files.isWritable(folder)
          ? Optional.of("it cannot be written to")
          : foreign;
    } catch (IOException e) {
      return Optional.of("it cannot be made (%s)".formatted(e));
    }
  }

  private static boolean isUnix(Path folder) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("unix");
  }

  /** Makes a folder, closed to others, if nothing is there. */
  public static void make(Path folder) throws IOException {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path absolute = folder.toAbsolutePath();
    Files.createDirectories(absolute.getParent());
    try {
      if (isUnix(folder)) {
        Files.createDirectory(
            absolute,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectory(absolute);
      }
    } catch (FileAlreadyExistsException e) {
      return; // another process was faster
    }
  }

  /** What lets another user change what is there. */
  private static Optional<String> foreign(Path folder) throws IOException {
    int linkOwner = (int) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    if (Files.isSymbolicLink(folder) && !List.of(ROOT, ownUid()).contains(linkOwner)) {
      return Optional.of("it is a link of user " + linkOwner);
    }
    Map<String, Object> there = Files.readAttributes(folder, "unix:uid,mode");
    if ((int) there.get("uid") != ownUid()) {
      return Optional.of("it belongs to user %s, not %d".formatted(there.get("uid"), ownUid()));
    }
    return ((int) there.get("mode") & WRITABLE_BY_OTHERS) == 0
        ? Optional.empty()
        : Optional.of("other users may write to it");
  }

  private static int ownUid() {
    return (int) new UnixSystem().getUid();
  }
}
