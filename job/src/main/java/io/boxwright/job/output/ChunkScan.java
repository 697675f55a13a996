package io.boxwright.job.output;

import io.boxwright.text.Count;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The content of {@code images}, compared with the plan. It leaves out hidden files, and files that
 * file systems and Spark leave behind.
 *
 * @param planned the number of chunks in the plan
 * @param finished the footers of the files that count, by chunk, in order
 * @param odd the files and folders with the name of a chunk that do not count, with the reason
 * @param leftovers the names of files that newer ones have replaced, or that no manifest lists
 * @param strangers the names that do not belong to a chunk of the plan
 */
public record ChunkScan(
    int planned,
    Map<Integer, ChunkFooter> finished,
    List<OddFile> odd,
    List<String> leftovers,
    List<String> strangers) {

  private static final int MOST_NUMBERS = 10;

  /**
   * A file or folder that has the name of a chunk but does not count.
   *
   * @param name the name
   * @param problem the reason why it does not count
   */
  public record OddFile(String name, String problem) {

    /** Returns the name and the problem, for people. */
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

  /** Returns the files that count, in order. */
  public List<ChunkFile> files() {
    return finished.values().stream().map(ChunkFooter::file).toList();
  }

  /** Returns the numbers of the chunks that are not finished, in order. */
  public List<Integer> missing() {
    return IntStream.range(0, planned)
        .filter(chunk -> !finished.containsKey(chunk))
        .boxed()
        .toList();
  }

  /** Describes how many chunks are missing, and names the first ones. */
  public String describeMissing() {
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

  /** Returns the number of images in the files that count. */
  public long images() {
    return finished.values().stream().mapToLong(ChunkFooter::images).sum();
  }

  /** Returns the number of those images that failed. */
  public long failed() {
    return finished.values().stream().mapToLong(ChunkFooter::failed).sum();
  }

  /** Returns the number of those images that did not fail. */
  public long good() {
    return images() - failed();
  }
}
