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
 * The plan of a run, written before its first image and never changed. Rows are ordered by the
 * paths of the input's files, then by their order in the file. Chunk {@code c} holds the images of
 * rows {@code c * chunkRows} to {@code (c + 1) * chunkRows - 1}. So the input determines which ids
 * are in which chunk, and the plan does not list them.
 *
 * @param version the version of Boxwright
 * @param created the time when it was made, ISO 8601
 * @param input the path of the prompt table
 * @param inputFiles the files of the prompt table, in order
 * @param rows the number of rows of the prompt table, 0 or more
 * @param imagesPerPrompt the number of images for each row
 * @param chunkRows the number of rows for each chunk, at least 1
 * @param commit the way in which a file comes to count
 * @param model the path or name of the model
 * @param modelHash the hash of the model, see {@link
 *     io.boxwright.diffusion.loading.ModelFingerprint#hex}
 * @param options the options of the generation, by name; those that are not set are left out
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

  /** The option for the prefix of input columns whose names the image table needs itself. */
  public static final String RENAME_COLUMNS = "rename_columns";

  /** The option that tells the plan of an evaluation: the hash of the plan of its run. */
  public static final String EVALUATION_OF = "evaluation_of";

  /**
   * The largest number of chunks that the driver, and programs that list the files, handle with
   * ease.
   */
  private static final int MOST_CHUNKS = 100_000;

  /** The number of batches in a chunk: enough to be efficient, and few enough to make again. */
  private static final int BATCHES_PER_CHUNK = 4;

  /**
   * Tables of fewer batches than this get smaller chunks, so that there are enough to share out.
   */
  private static final int MANY_BATCHES = 256;

  /**
   * Checks the numbers.
   *
   * @throws InvalidInputException if {@code chunkRows} is below 1, or there would be too many
   *     chunks
   */
  public RunPlan {
    if (chunkRows < 1) {
      throw new InvalidInputException(
          "Invalid option: chunk_rows is %d, it must be at least 1".formatted(chunkRows));
    }
    if ((rows - 1) / chunkRows >= MOST_CHUNKS) {
      throw new InvalidInputException(
          "Invalid option: chunk_rows is %d, which makes more than %d chunks for %d rows"
              .formatted(chunkRows, MOST_CHUNKS, rows));
    }
    inputFiles = List.copyOf(inputFiles);
  }

  /**
   * Returns the usual number of rows for each chunk; it depends on the table and the options, not
   * on the cluster.
   */
  public static int defaultChunkRows(long rows, int imagesPerPrompt, int batchSize) {
    long rowsPerBatch = Math.max(1, batchSize / imagesPerPrompt);
    long batches = divideUp(rows, rowsPerBatch);
    long batchesPerChunk = Math.min(BATCHES_PER_CHUNK, Math.max(1, batches / MANY_BATCHES));
    return (int) Math.max(batchesPerChunk * rowsPerBatch, divideUp(rows, MOST_CHUNKS));
  }

  /**
   * Reads the plan of a folder, if it has one.
   *
   * @throws DamagedFileException if it is not as it was written
   */
  public static Optional<RunPlan> read(RunFolder folder) {
    return folder.read(RunFolder.PLAN, RunPlan.class);
  }

  /**
   * Reads the plan of a folder that must have one.
   *
   * @throws InvalidInputException if it has none
   * @throws DamagedFileException if it is not as it was written
   */
  public static RunPlan require(RunFolder folder) {
    return read(folder)
        .orElseThrow(
            () ->
                new InvalidInputException(
                    "There is no run in %s: it has no plan.json%s"
                        .formatted(folder.path(), describe(folder.runs()))));
  }

  private static String describe(List<String> runs) {
    return runs.isEmpty()
        ? ""
        : "; its %s %s: name %s"
            .formatted(
                Count.form(runs.size(), "folder", "folders"),
                String.join(", ", runs) + Count.form(runs.size(), " is a run", " are runs"),
                Count.form(runs.size(), "it", "them"));
  }

  /** Writes the plan. */
  public void write(RunFolder folder) {
    folder.write(RunFolder.PLAN, this);
  }

  /**
   * Returns the prefix of input columns whose names the image table needs itself, if there is one.
   */
  public Optional<String> renamePrefix() {
    return Optional.ofNullable(options.get(RENAME_COLUMNS));
  }

  /** Returns whether this is the plan of an evaluation, whose input is the images of a run. */
  public boolean isEvaluation() {
    return options.containsKey(EVALUATION_OF);
  }

  /** Returns the number of chunks, at least 1, so that an empty table gives an empty table. */
  public int chunks() {
    return (int) Math.max(1, divideUp(rows, chunkRows));
  }

  /** Returns the number of images of the whole run. */
  public long images() {
    return rows * imagesPerPrompt;
  }

  /** Returns the number of images of a chunk. */
  public long imagesIn(int chunk) {
    long first = (long) chunk * chunkRows;
    return Math.min(chunkRows, rows - first) * imagesPerPrompt;
  }

  /** Returns a hash of the options. */
  public String optionsHash() {
    return Sha256.hex(new TreeMap<>(options).toString());
  }

  /** Returns a hash of everything that determines the images and the chunks. */
  public String hash() {
    return Sha256.hex(values().toString());
  }

  /**
   * Lists the differences to another plan, such as {@code num_inference_steps is 30 there, 50
   * here}.
   */
  public List<String> differences(RunPlan here) {
    Map<String, String> mine = values();
    Map<String, String> other = here.values();
    Set<String> names = new LinkedHashSet<>(mine.keySet());
    names.addAll(other.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      if (!Objects.equals(mine.get(name), other.get(name))) {
        differences.add(
            "%s is %s there, %s here"
                .formatted(name, describeValue(mine, name), describeValue(other, name)));
      }
    }
    return differences;
  }

  private static String describeValue(Map<String, String> values, String name) {
    return values.getOrDefault(name, "not set");
  }

  /** Returns the values that are equal in all plans of the same run, by name. */
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
