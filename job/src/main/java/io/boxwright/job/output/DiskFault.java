package io.boxwright.job.output;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A disk that cannot be written to for now. Nothing is wrong with the run, and it goes on when the
 * disk can be written to again.
 *
 * @param reason what the system says
 * @param remedy what a person does about it
 */
public record DiskFault(String reason, String remedy) {

  private static final String ROOM = "make room";

  /** What the kernel says of ENOSPC, EDQUOT and EROFS, and HDFS of its quotas; and the remedies. */
  private static final Map<String, String> REMEDIES =
      Map.of(
          "No space left on device", ROOM,
          "Disk quota exceeded", ROOM,
          "DSQuotaExceededException", ROOM,
          "Read-only file system", "make it writable again");

  /** The disk fault that caused an error, if there is one. */
  public static Optional<DiskFault> in(Throwable error) {
    return Stream.iterate(error, cause -> cause != null, Throwable::getCause)
        .flatMap(cause -> cause.toString().lines())
        .flatMap(line -> of(line).stream())
        .reduce((outer, inner) -> inner); // what is outside tells of the consequences
  }

  private static Optional<DiskFault> of(String line) {
    return REMEDIES.entrySet().stream()
        .filter(entry -> line.contains(entry.getKey()))
        .map(entry -> new DiskFault(withoutTypes(line), entry.getValue()))
        .findFirst();
  }

  /** A line of a stack trace begins with the name of an exception, or several. */
  private static String withoutTypes(String line) {
    return line.strip().replaceFirst("^(Caused by: )?([\\w.$]+(Exception|Error): )+", "");
  }

  /**
   * What to do, for people, to be put after what failed.
   *
   * @param command that goes on
   */
  public String advice(String command) {
    return "%s, then the same command goes on: %s".formatted(remedy, command);
  }
}
