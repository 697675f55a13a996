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
 * other user may write to them. New folders give no access to others. A folder that others could
 * write to is not used even if it can be closed now, because its content may be theirs. On a file
 * system without users and permissions, every folder is accepted.
 */
public final class PrivateFolder {

  private static final Logger LOG = LoggerFactory.getLogger(PrivateFolder.class);

  private static final int WRITABLE_BY_OTHERS = 0022;
  private static final int ONLY_OWNERS_RENAME = 01000; // the sticky bit
  private static final int ROOT = 0;
  private static final int MOST_ALTERNATIVES = 9;

  /** Folders that this process has warned of. */
  private static final Set<Path> TOLD = ConcurrentHashMap.newKeySet();

  private PrivateFolder() {}

  /** Returns {@code boxwright-USER} in the system's folder for temporary files. */
  public static Path inTemporaryFolder() {
    return Path.of(System.getProperty("java.io.tmpdir"), ownName());
  }

  private static String ownName() {
    return "boxwright-" + System.getProperty("user.name");
  }

  /**
   * Returns a folder, made now if it does not exist. If it is not private, returns another one,
   * with a line in the log that names both.
   *
   * @param wanted the folder
   * @param inside names of folders in it, which are made and must be private, too
   * @throws UncheckedIOException naming the folder and what is wrong with it, if there is no other
   *     folder to use
   */
  public static Path of(Path wanted, String... inside) {
    Optional<String> problem = findProblem(wanted, inside);
    if (problem.isEmpty()) {
      return wanted;
    }
    Path other =
        alternatives(wanted)
            .filter(folder -> findProblem(folder, inside).isEmpty())
            .findFirst()
            .orElseThrow(() -> noOther(wanted, problem.get()));
    if (TOLD.add(wanted)) {
      LOG.warn("Not using the folder {}: {}. Using {} in its place", wanted, problem.get(), other);
    }
    return other;
  }

  /**
   * Lists the alternatives, the same in all processes of this user, so that they share the content.
   */
  private static Stream<Path> alternatives(Path wanted) {
    Stream<Path> within =
        isSafeFor(wanted) ? Stream.of(wanted.resolve(ownName())) : Stream.of(); // the same disk
    Stream<Path> temporary =
        IntStream.rangeClosed(1, MOST_ALTERNATIVES)
            .mapToObj(i -> Path.of(inTemporaryFolder() + (i == 1 ? "" : "." + i)));
    return Stream.concat(within, temporary).filter(folder -> !folder.equals(wanted));
  }

  /** Returns whether other users cannot replace a folder in this one, as in /tmp. */
  private static boolean isSafeFor(Path parent) {
    if (!isUnix(parent)) {
      return false;
    }
    try {
      Map<String, Object> attributes = Files.readAttributes(parent, "unix:uid,mode");
      int owner = (int) attributes.get("uid");
      return ((int) attributes.get("mode") & ONLY_OWNERS_RENAME) != 0
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

  private static Optional<String> findProblem(Path folder, String... inside) {
    return Stream.concat(Stream.of(folder), Stream.of(inside).map(folder::resolve))
        .map(PrivateFolder::findProblem)
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Finds what is wrong with a folder, which is made if it does not exist. */
  private static Optional<String> findProblem(Path folder) {
    try {
      make(folder);
      if (!Files.isDirectory(folder)) {
        return Optional.of("it is not a folder");
      }
      Optional<String> foreign = isUnix(folder) ? findForeignAccess(folder) : Optional.empty();
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

  /** Makes a folder without access for others, if it does not exist. */
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

  /** Finds what lets another user change the content. */
  private static Optional<String> findForeignAccess(Path folder) throws IOException {
    int linkOwner = (int) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    if (Files.isSymbolicLink(folder) && !List.of(ROOT, ownUid()).contains(linkOwner)) {
      return Optional.of("it is a link of user " + linkOwner);
    }
    Map<String, Object> attributes = Files.readAttributes(folder, "unix:uid,mode");
    if ((int) attributes.get("uid") != ownUid()) {
      return Optional.of(
          "it belongs to user %s, not %d".formatted(attributes.get("uid"), ownUid()));
    }
    return ((int) attributes.get("mode") & WRITABLE_BY_OTHERS) == 0
        ? Optional.empty()
        : Optional.of("other users may write to it");
  }

  private static int ownUid() {
    return (int) new UnixSystem().getUid();
  }
}
