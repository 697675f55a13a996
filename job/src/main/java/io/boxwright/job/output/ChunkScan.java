package io.boxwright.job.output;

import io.boxwright.text.Count;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What lies in {@code images}, held against the plan. Hidden files, and those that file systems and
 * Spark leave, are not mentioned.
 *
 * @param planned how many chunks the plan has
 * @param finished footers of the files that count, by chunk, in their order
 * @param odd files and folders in the place of a chunk that do not count, with why
 * @param leftovers files that others have taken the place of, or that no manifest lists
 * @param strangers names that are no chunk of the plan
 */
public record ChunkScan(
    int planned,
    Map<Integer, ChunkFooter> finished,
    List<OddFile> odd,
    List<String> leftovers,
    List<String> strangers) {

  private static final int MOST_NUMBERS = 10;

  /**
   * Something in the place of a chunk.
   *
   * @param name of the file
   * @param problem why it does not count
   */
  public record OddFile(String name, String problem) {

    /** For people. */
    @Override
    public String toString() {
      return "%s (%s)".formatted(name, problem);
    }
  }

  /** Copies the lists. */
  public ChunkScan {
    odd = List.copyOf(odd);
    leftovers = List.copyOf(leftovers);
    strangers = List.copyOf(strangers);
  }

  /** The files that count, in their order. */
  public List<ChunkFile> files() {
    return finished.values().stream().map(ChunkFooter::file).toList();
  }

  /** The numbers of the chunks that are not finished, in their order. */
  public List<Integer> missing() {
    return IntStream.range(0, planned)
        .filter(chunk -> !finished.containsKey(chunk))
        .boxed()
        .toList();
  }

  /** Says how many chunks are missing, and names the first ones. */
  public String missingText() {
    List<Integer> missing = missing();
    String numbers =
        missing.stream().limit(MOST_NUMBERS).map(String::valueOf).collect(Collectors.joining(", "));
    return "%d of %d, %s %s%s"
        .formatted(
            missing.size(),
            planned,
            Count.form(missing.size(), "number", "numbers"),
            numbers,
            missing.size() > MOST_NUMBERS ? " and others" : "");
  }

  /** How many images the files that count have. */
  public long images() {
    return finished.values().stream().mapToLong(ChunkFooter::images).sum();
  }

  /** How many of them failed. */
  public long failed() {
    return finished.values().stream().mapToLong(ChunkFooter::failed).sum();
  }

  /** How many of them did not fail. */
  public long good() {
    return images() - failed();
  }
}
