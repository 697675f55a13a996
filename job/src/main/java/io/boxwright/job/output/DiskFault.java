package io.boxwright.job.output;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A fault of a disk that cannot be written to for now. The run itself is in order, and can go on
 * once the disk is writable again.
 *
 * @param reason the message of the system
 * @param remedy the advice to a person, such as {@code make room}
 */
public record DiskFault(String reason, String remedy) {

  private static final String ROOM = "make room";

  /**
   * The remedies by the messages of the kernel, for ENOSPC, EDQUOT and EROFS, and of HDFS's quotas.
   */
  private static final Map<String, String> REMEDIES =
      Map.of(
          "No space left on device", ROOM,
          "Disk quota exceeded", ROOM,
          "DSQuotaExceededException", ROOM,
          "Read-only file system", "make it writable again");

  /** Finds the disk fault that caused an error, if there is one. */
  public static Optional<DiskFault> in(Throwable error) {
    return Stream.iterate(error, cause -> cause != null, Throwable::getCause)
        .flatMap(cause -> cause.toString().lines())
        .flatMap(line -> of(line).stream())
        .reduce((outer, inner) -> inner); // outer errors only tell of the consequences
  }

  private static Optional<DiskFault> of(String line) {
    return REMEDIES.entrySet().stream()
        .filter(entry -> line.contains(entry.getKey()))
        .map(entry -> new DiskFault(removeTypes(line), entry.getValue()))
        .findFirst();
  }

  /** Removes the names of exceptions that a line of a stack trace begins with. */
  private static String removeTypes(String line) {
    return line.strip().replaceFirst("^(Caused by: )?([\\w.$]+(Exception|Error): )+", "");
  }

  /**
   * Describes what a person can do; the text goes after a message that says what failed.
   *
   * @param command the command that goes on with the run
   */
  public String advice(String command) {
    return "%s, then the same command goes on: %s".formatted(remedy, command);
  }
}
