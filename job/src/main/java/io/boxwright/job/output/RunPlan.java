package io.boxwright.job.output;

import io.boxwright.files.Sha256;
import io.boxwright.job.input.InvalidInputException;
import io.boxwright.job.input.PromptFile;
import io.boxwright.text.Count;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a run makes, written before its first image and never changed. Rows have an order: that of
 * the input's files by path, then the order in the file. Chunk {@code c} holds the images of rows
 * {@code c * chunkRows} to {@code (c + 1) * chunkRows - 1}; so which ids are in which chunk follows
 * from the input, and is not listed.
 *
 * @param version of Boxwright
 * @param created when, ISO 8601
 * @param input where the prompt table was
 * @param inputFiles its files, in order
 * @param rows of the prompt table
 * @param imagesPerPrompt images for each row
 * @param chunkRows rows for each chunk
 * @param commit what makes a file count
 * @param model where the model was
 * @param modelHash see {@link io.boxwright.diffusion.loading.ModelFingerprint#hex}
 * @param options of the generation, by name; what is not set is left out
 */
public record RunPlan(
    String version,
    String created,
    String input,
    List<PromptFile> inputFiles,
    long rows,
    int imagesPerPrompt,
    int chunkRows,
    CommitMode commit,
    String model,
    String modelHash,
    Map<String, String> options) {

  /** The option that says what goes before the names of columns that the image table has itself. */
  public static final String RENAME_COLUMNS = "rename_columns";

  /** As many chunks as the driver, and whoever lists the files, can handle with ease. */
  private static final int MOST_CHUNKS = 100_000;

  /** How many batches make a chunk: enough to be worth it, few enough to lose. */
  private static final int BATCHES_PER_CHUNK = 4;

  /** Tables of fewer batches than this get smaller chunks, so that small clusters have work. */
  private static final int MANY_BATCHES = 256;

  /**
   * Checks the numbers.
   *
   * @throws InvalidInputException if there are too many chunks, or none
   */
  public RunPlan {
    if (chunkRows < 1) {
      throw new InvalidInputException(
          "Invalid option: chunk_rows is %d, it must be at least 1".formatted(chunkRows));
    }
    if ((rows - 1) / chunkRows >= MOST_CHUNKS) {
      throw new InvalidInputException(
          "Invalid option: chunk_rows is %d, which makes more than %d chunks of %d rows"
              .formatted(chunkRows, MOST_CHUNKS, rows));
    }
    inputFiles = List.copyOf(inputFiles);
  }

  /**
   * The usual rows for each chunk; follows from the table and the options, not from the cluster.
   */
  public static int defaultChunkRows(long rows, int imagesPerPrompt, int batchSize) {
    long rowsPerBatch = Math.max(1, batchSize / imagesPerPrompt);
    long batches = divideUp(rows, rowsPerBatch);
    long batchesPerChunk = Math.min(BATCHES_PER_CHUNK, Math.max(1, batches / MANY_BATCHES));
    return (int) Math.max(batchesPerChunk * rowsPerBatch, divideUp(rows, MOST_CHUNKS));
  }

  /**
   * The plan of a folder, if it has one.
   *
   * @throws DamagedFileException if it is not as it was written
   */
  public static Optional<RunPlan> read(RunFolder folder) {
    return folder.read(RunFolder.PLAN, RunPlan.class);
  }

  /**
   * The plan of a folder that must have one.
   *
   * @throws InvalidInputException if it has none
   * @throws DamagedFileException if it is not as it was written
   */
  public static RunPlan require(RunFolder folder) {
    return read(folder)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "There is no run in %s: it has no plan.json".formatted(folder.path())));
  }

  /** Writes the plan. */
  public void write(RunFolder folder) {
    folder.write(RunFolder.PLAN, this);
  }

  /** What goes before the names of columns that the image table has itself. */
  public Optional<String> renamePrefix() {
    return Optional.ofNullable(options.get(RENAME_COLUMNS));
  }

  /** How many chunks there are: one at least, so that an empty table gives an empty table. */
  public int chunks() {
    return (int) Math.max(1, divideUp(rows, chunkRows));
  }

  /** Images of a whole run. */
  public long images() {
    return rows * imagesPerPrompt;
  }

  /** Images of a chunk. */
  public long imagesIn(int chunk) {
    long first = (long) chunk * chunkRows;
    return Math.min(chunkRows, rows - first) * imagesPerPrompt;
  }

  /** A hash of the options. */
  public String optionsHash() {
    return Sha256.hex(new TreeMap<>(options).toString());
  }

  /** A hash of all that makes the images what they are, and the chunks. */
  public String hash() {
    return Sha256.hex(values().toString());
  }

  /** What differs, such as {@code num_inference_steps is 30 there, 50 here}. */
  public List<String> differences(RunPlan here) {
    Map<String, String> mine = values();
    Map<String, String> other = here.values();
    Set<String> names = new LinkedHashSet<>(mine.keySet());
    names.addAll(other.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      if (!Objects.equals(mine.get(name), other.get(name))) {
        differences.add(
            "%s is %s there, %s here".formatted(name, text(mine, name), text(other, name)));
      }
    }
    return differences;
  }

  private static String text(Map<String, String> values, String name) {
    return values.getOrDefault(name, "not set");
  }

  /** What two plans of the same run have in common, by name. */
  private Map<String, String> values() {
    Map<String, String> values = new TreeMap<>(options);
    values.put("version", version);
    values.put("model", modelHash.substring(0, 16));
    values.put("rows", String.valueOf(rows));
    values.put("num_images_per_prompt", String.valueOf(imagesPerPrompt));
    values.put("chunk_rows", String.valueOf(chunkRows));
    values.put("commit", commit.toString());
    for (PromptFile file : inputFiles) {
      values.put(
          "input file " + file.name(),
          "%s, %d bytes, sha256 %s"
              .formatted(
                  Count.of(file.rows(), "row"), file.bytes(), file.sha256().substring(0, 16)));
    }
    return values;
  }

  private static long divideUp(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
