package io.boxwright.job.output;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The identity of a process, by which another process can prove that it is gone. Host names prove
 * nothing, because containers share them. Without {@code /proc}, only the number is known, and
 * nothing can be proved.
 *
 * @param pid the number of the process
 * @param bootId the boot id of the running kernel
 * @param namespaces the namespaces of process numbers and start times
 * @param startTicks the time of its start, in ticks since boot, which does not depend on the clock
 */
record ProcessIdentity(long pid, String bootId, String namespaces, Long startTicks) {

  private static final Path PROC = Path.of("/proc");

  /** The kernel's data about a process. */
  private record Stat(long pid, char state, long startTicks) {

    private static final int START_TICKS = 22 - 3; // the third field is the first after the name

    /** Reads the data of a process; returns nothing if it does not exist. */
    static Optional<Stat> read(Path process) throws IOException {
      try {
        String text = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        long pid = Long.parseLong(text.substring(0, text.indexOf(' ')));
        return Optional.of(new Stat(pid, fields[0].charAt(0), Long.parseLong(fields[START_TICKS])));
      } catch (NoSuchFileException e) {
        return Optional.empty();
      } catch (IndexOutOfBoundsException | NumberFormatException e) {
        throw new IOException("Cannot understand %s/stat".formatted(process), e);
      }
    }

    /**
     * Returns whether the process has ended and only waits for its parent to collect its status.
     */
    boolean hasEnded() {
      return "ZXx".indexOf(state) >= 0;
    }
  }

  /** Identifies this process. */
  static ProcessIdentity self() {
    return self(PROC);
  }

  /** Identifies this process by the files of a {@code /proc}. */
  static ProcessIdentity self(Path proc) {
    long pid = ProcessHandle.current().pid();
    try {
      Stat stat = Stat.read(proc.resolve("self")).orElse(null);
      if (stat == null || stat.pid() != pid) { // the /proc of another namespace
        return new ProcessIdentity(pid, null, null, null);
      }
      String bootId = Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
      return new ProcessIdentity(pid, bootId, readNamespaces(proc), stat.startTicks());
    } catch (IOException e) {
      return new ProcessIdentity(pid, null, null, null);
    }
  }

  private static String readNamespaces(Path proc) throws IOException {
    Path time = proc.resolve("self/ns/time"); // since Linux 5.6
    String pids = Files.readSymbolicLink(proc.resolve("self/ns/pid")).toString();
    return Files.exists(time, LinkOption.NOFOLLOW_LINKS)
        ? pids + " " + Files.readSymbolicLink(time)
        : pids;
  }

  /** Returns whether it is certain that the process has ended. */
  boolean isGone() {
    return isGone(PROC);
  }

  /** Returns whether the files of a {@code /proc} prove that the process has ended. */
  boolean isGone(Path proc) {
    ProcessIdentity here = self(proc);
    boolean comparable =
        startTicks != null
            && here.startTicks != null
            && Objects.equals(bootId, here.bootId)
            && Objects.equals(namespaces, here.namespaces);
    try {
      return comparable && hasEnded(proc);
    } catch (IOException e) { // it may be hidden from us
      return false;
    }
  }

  private boolean hasEnded(Path proc) throws IOException {
    Optional<Stat> stat = Stat.read(proc.resolve(String.valueOf(pid)));
    if (stat.isEmpty()) {
      return Files.exists(proc.resolve("1")); // otherwise processes of other users are hidden here
    }
    return stat.get().hasEnded() || stat.get().startTicks() != startTicks;
  }
}
