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
 * Tells a process from all others, so that another process can prove that it is gone. Host names
 * prove nothing: containers share them. Where there is no {@code /proc}, all but the number is
 * absent, and nothing can be proved.
 *
 * @param pid its number
 * @param bootId of the running kernel
 * @param namespaces those that the numbers of processes and their start times belong to
 * @param startTicks when it was started, in ticks since boot, which no change of a clock moves
 */
record ProcessIdentity(long pid, String bootId, String namespaces, Long startTicks) {

  private static final Path PROC = Path.of("/proc");

  /** What the kernel says of a process. */
  private record Stat(long pid, char state, long startTicks) {

    private static final int START_TICKS = 22 - 3; // the third field is the first after the name

    /** Of a process; nothing if there is none. */
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

    /** Whether it has ended, and only its parent has not asked how. */
    boolean ended() {
      return "ZXx".indexOf(state) >= 0;
    }
  }

  /** This process. */
  static ProcessIdentity self() {
    return self(PROC);
  }

  /** This process, as a {@code /proc} shows it. */
  static ProcessIdentity self(Path proc) {
    long pid = ProcessHandle.current().pid();
    try {
      Stat stat = Stat.read(proc.resolve("self")).orElse(null);
      if (stat == null || stat.pid() != pid) { // the /proc of other namespaces numbers otherwise
        return new ProcessIdentity(pid, null, null, null);
      }
      String bootId = Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
      return new ProcessIdentity(pid, bootId, namespaces(proc), stat.startTicks());
    } catch (IOException e) {
      return new ProcessIdentity(pid, null, null, null);
    }
  }

  private static String namespaces(Path proc) throws IOException {
    Path time = proc.resolve("self/ns/time"); // since Linux 5.6
    String pids = Files.readSymbolicLink(proc.resolve("self/ns/pid")).toString();
    return Files.exists(time, LinkOption.NOFOLLOW_LINKS)
        ? pids + " " + Files.readSymbolicLink(time)
        : pids;
  }

  /** Whether it is certain that the process has ended. */
  boolean isGone() {
    return isGone(PROC);
  }

  /** Whether a {@code /proc} proves that the process has ended. */
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
      return Files.exists(proc.resolve("1")); // else processes of other users are hidden here
    }
    return stat.get().ended() || stat.get().startTicks() != startTicks;
  }
}
