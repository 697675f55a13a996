package io.boxwright.job.output;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * The name of a chunk's file: {@code chunk-00012.parquet}, {@code chunk-00012.r1.parquet} when its
 * failed rows were made again once, and with a manifest {@code chunk-00012.r1.ATTEMPT.parquet}. A
 * name with any other spelling, such as {@code chunk-00012.0.parquet}, does not belong to a chunk.
 *
 * @param chunk the number of the chunk, from 0
 * @param generation the number of times that failed rows of the chunk were made again
 * @param name the file's name
 */
public record ChunkFile(int chunk, int generation, String name) {

  private static final Pattern NAME =
      Pattern.compile("chunk-(\\d{5,9})(?:\\.r(\\d{1,9}))?(\\.[0-9a-f]{8}-\\d+)?\\.parquet");

  /** Parses the name of a file; returns nothing if it does not belong to a chunk. */
  public static Optional<ChunkFile> parse(Path file) {
    Matcher matcher = NAME.matcher(file.getName());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int chunk = Integer.parseInt(matcher.group(1));
    int generation = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
    String attempt = matcher.group(3) == null ? "" : matcher.group(3);
    String name = formatStem(chunk, generation) + attempt + ".parquet";
    return name.equals(file.getName())
        ? Optional.of(new ChunkFile(chunk, generation, name))
        : Optional.empty();
  }

  /** Returns the file of a chunk that is made for the first time. */
  public static ChunkFile first(int chunk) {
    return of(chunk, 0);
  }

  /** Returns the finished file of a chunk and generation. */
  static ChunkFile of(int chunk, int generation) {
    return new ChunkFile(chunk, generation, formatStem(chunk, generation) + ".parquet");
  }

  /** Returns the file that replaces this one when failed rows are made again. */
  public ChunkFile next() {
    return of(chunk, generation + 1);
  }

  /**
   * Returns the name that only one attempt of one task uses; {@code attempt} is {@code JOB-TASK}.
   */
  String attemptName(String attempt) {
    return "%s.%s.parquet".formatted(formatStem(chunk, generation), attempt);
  }

  /** Returns the finished file that an attempt works for; a finished file returns itself. */
  public ChunkFile target() {
    return of(chunk, generation);
  }

  /** Returns whether the name is that of an attempt. */
  boolean isAttempt() {
    return !equals(target());
  }

  private static String formatStem(int chunk, int generation) {
    return generation == 0
        ? String.format(Locale.ROOT, "chunk-%05d", chunk)
        : String.format(Locale.ROOT, "chunk-%05d.r%d", chunk, generation);
  }
}
